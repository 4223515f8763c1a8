import { commandEnqueue, deviceLeft } from '@lamplighter/contracts';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { connectionOptions } from '../src/connection-options.ts';
import type { Broker } from '../src/connection.ts';
import { type Outgoing, PublishWindow } from '../src/publish-window.ts';
import { brokerAtHand, connectTo, leave, OwnServer, testServer, until } from './broker.ts';

const MANY = 1_000;

/** What came back of each row, in the order of the rows. */
function fates(window: PublishWindow, rows: readonly Outgoing[]): Promise<string[]> {
  const ended = rows.map((row) =>
    window.send(row).then(
      () => 'stored',
      (error: { code: string }) => error.code,
    ),
  );
  return Promise.all(ended);
}

/** The payloads of a stream, in its order. */
async function storedIn(manager: JetStreamManager, stream: string): Promise<string[]> {
  const { state } = await manager.streams.info(stream);
  const read = async (n: number) => (await manager.streams.getMessage(stream, { seq: state.first_seq + n }))?.string();
  const found = await Promise.all(Array.from({ length: state.last_seq - state.first_seq + 1 }, (_, n) => read(n)));
  return found.filter((each) => each !== undefined);
}

const inOrder = (payloads: readonly string[]) => payloads.toSorted((a, b) => Number(a) - Number(b));

(brokerAtHand() ? describe : describe.skip)('many messages at a time', () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let broker: Broker;
  let manager: JetStreamManager;
  let window: PublishWindow;
  let events: string;
  let commands: string;

  beforeAll(async () => {
    server = await testServer();
  });
  beforeEach(async () => {
    broker = await connectTo(server.url);
    manager = await jetstreamManager(broker.nc);
    window = new PublishWindow(broker, { ackMs: 5_000, giveUpMs: 20_000 });
    events = `${broker.prefix.toUpperCase()}_EVENTS`;
    commands = `${broker.prefix.toUpperCase()}_COMMANDS`;
  });
  afterEach(() => leave(broker));
  afterAll(() => server.stop());

  const event = (n: number | string, more: Partial<Outgoing> = {}): Outgoing => ({
    subject: `${broker.prefix}.event.default.${deviceLeft.name}.${typeof n === 'number' ? n % 8 : 0}`,
    messageId: `event-${n}`,
    payload: Buffer.from(String(n)),
    ...more,
  });
  const command = (n: number): Outgoing => ({
    subject: `${broker.prefix}.work.default.${commandEnqueue.name}.0`,
    messageId: `command-${n}`,
    payload: Buffer.from(String(n)),
  });
  const many = (count = MANY) => Array.from({ length: count }, (_, n) => event(n));
  const numbers = (count = MANY) => Array.from({ length: count }, (_, n) => String(n));

  /** How often the broker answered this process during `work`. */
  async function answersTo(work: () => Promise<void>): Promise<number> {
    const own = await connect(connectionOptions({ url: server.url, service: 'spy' }));
    let answers = 0;
    own.subscribe('_INBOX.spec.>', { callback: () => void answers++ });
    await own.flush();
    await work();
    // What was answered before this came by here before it.
    await broker.nc.flush();
    await own.flush();
    await own.close();
    return answers;
  }

  it('are stored in order with a few confirmations', async () => {
    const answers = await answersTo(() => window.sendAll(many()));
    expect(await storedIn(manager, events)).toEqual(numbers());
    expect(answers).toBeLessThan(MANY / 10);
  });

  it('keep their ids and content type', async () => {
    await window.sendAll(many(100));
    const last = await manager.streams.getMessage(events, { seq: 100 });
    expect(last?.header.get('Nats-Msg-Id')).toBe('event-99');
    expect(last?.header.get('content-type')).toBe('application/cloudevents+json');
  });

  it('go to several streams at once, in order in each', async () => {
    await window.sendAll(numbers(300).flatMap((_, n) => [event(n), command(n)]));
    expect(await storedIn(manager, events)).toEqual(numbers(300));
    expect(await storedIn(manager, commands)).toEqual(numbers(300));
  });

  it('are dropped where they were stored before', async () => {
    await window.sendAll(many(200));
    await window.sendAll([...many(300), ...many(300)]);
    expect(await storedIn(manager, events)).toEqual(numbers(300));
  });

  it('come from several publishers at once', async () => {
    const other = new PublishWindow(broker);
    const mine = numbers(500).map((n) => event(`a${n}`));
    await Promise.all([window.sendAll(mine), other.sendAll(numbers(500).map((n) => event(`b${n}`)))]);
    const stored = await storedIn(manager, events);
    expect(stored.filter((each) => each.startsWith('a'))).toEqual(numbers(500).map((n) => `a${n}`));
    expect(stored.filter((each) => each.startsWith('b'))).toEqual(numbers(500).map((n) => `b${n}`));
  });

  it('that the stream refuses have an error of their own; all others are stored', async () => {
    await manager.streams.update(events, { max_msg_size: 1_000 });
    const rows = many(300);
    for (const n of [0, 70, 71, 299]) rows[n] = event(n, { payload: Buffer.alloc(2_000) });
    const fate = await fates(window, rows);
    for (const [n, each] of fate.entries())
      expect(`${n} ${each}`).toBe(`${n} ${[0, 70, 71, 299].includes(n) ? 'publish.refused' : 'stored'}`);
    // What comes after a refused message is sent again, and may come after the next batch.
    const stored = inOrder(await storedIn(manager, events));
    expect(stored).toEqual(numbers(300).filter((n) => !['0', '70', '71', '299'].includes(n)));
  });

  it('that fill a work queue are refused from then on, and taken when there is room', async () => {
    await manager.streams.update(commands, { max_msgs: 100 });
    const rows = numbers(150).map((_, n) => command(n));
    const fate = await fates(window, rows);
    expect(fate.filter((each) => each === 'stored')).toHaveLength(100);
    expect(fate.slice(0, 100).every((each) => each === 'stored')).toBe(true);
    expect(new Set(fate.slice(100))).toEqual(new Set(['publish.refused']));
    await manager.streams.purge(commands);
    await window.sendAll(rows.slice(100));
    expect(await storedIn(manager, commands)).toEqual(numbers(150).slice(100));
  });

  it('that cannot be sent at all have their errors and hold nothing up', async () => {
    const hasty = new PublishWindow(broker, { giveUpMs: 3_000 });
    const limit = broker.nc.info!.max_payload;
    const rows = many(200);
    rows[10] = event(10, { payload: Buffer.alloc(limit + 1) });
    // With its headers it is too large.
    rows[11] = event(11, { payload: Buffer.alloc(limit) });
    rows[12] = event(12, { subject: `${broker.prefix}.event.default with space` });
    rows[13] = event(13, { messageId: 'line\r\nend' });
    rows[14] = event(14, { subject: `${broker.prefix}.nothing.listens.here` });
    const fate = await fates(hasty, rows);
    const expected = new Map([
      [10, 'message.too-large'],
      [11, 'message.too-large'],
      [12, 'publish.refused'],
      [13, 'publish.refused'],
      [14, 'publish.unconfirmed'],
    ]);
    expect(fate).toEqual(rows.map((_, n) => expected.get(n) ?? 'stored'));
    expect(await storedIn(manager, events)).toEqual(numbers(200).filter((n) => !expected.has(Number(n))));
  });

  it('are sent one by one to a stream that takes no batches', async () => {
    await manager.streams.update(events, { allow_batched: false });
    await window.sendAll(many(300));
    expect(await storedIn(manager, events)).toEqual(numbers(300));
    // Found out once: afterwards each message has one answer.
    const next = numbers(300).map((_, n) => event(n + 300));
    expect(await answersTo(() => window.sendAll(next))).toBe(300);
    expect(await storedIn(manager, events)).toEqual(numbers(600));
  });

  it('wait for a stream that is not there yet', async () => {
    const { config } = await manager.streams.info(events);
    await manager.streams.delete(events);
    const sent = window.sendAll(many(300));
    await manager.streams.add(config);
    await sent;
    expect(inOrder(await storedIn(manager, events))).toEqual(numbers(300));
  });
});

/** Hands bytes on until `most` came from the client, then cuts the line; lines after that are whole. */
class FrailLine {
  readonly url: string;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private left = Number.POSITIVE_INFINITY;
  cuts = 0;

  private constructor(server: Server) {
    this.server = server;
    this.url = `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async to(url: string): Promise<FrailLine> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const line = new FrailLine(server);
    server.on('connection', (near) => {
      const far = createConnection({ host: hostname, port: Number(port) });
      for (const socket of [near, far]) {
        line.sockets.add(socket);
        socket.on('error', () => undefined);
      }
      near.on('data', (bytes) => line.pass(bytes, near, far));
      far.on('data', (bytes) => near.write(bytes));
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
    });
    return line;
  }

  cutAfter(bytes: number): void {
    this.left = bytes;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(bytes: Buffer, near: Socket, far: Socket): void {
    if (bytes.length < this.left) {
      this.left -= bytes.length;
      far.write(bytes);
      return;
    }
    // What came so far arrives, its answer does not.
    far.end(bytes.subarray(0, this.left));
    near.destroy();
    this.left = Number.POSITIVE_INFINITY;
    this.cuts += 1;
  }
}

(brokerAtHand(true) ? describe : describe.skip)('a batch in mid-air', () => {
  let server: OwnServer;
  beforeEach(async () => {
    server = await OwnServer.start();
  });
  afterEach(() => server.stop());

  const rowsOf = (prefix: string, count: number): Outgoing[] =>
    Array.from({ length: count }, (_, n) => ({
      subject: `${prefix}.event.default.${deviceLeft.name}.0`,
      messageId: `event-${n}`,
      payload: Buffer.from(String(n).padEnd(300, '.')),
    }));

  it('when its connection is lost is stored whole, once, after the reconnection', async () => {
    // The line is there before the server answers: the connection waits for it.
    const direct = await connectTo(server.url);
    const line = await FrailLine.to(server.url);
    const broker = await connectTo(line.url, direct.prefix);
    const window = new PublishWindow(broker, { ackMs: 1_000 });
    await broker.nc.flush();
    const rows = rowsOf(broker.prefix, 250);
    line.cutAfter(40_000);
    await window.sendAll(rows);
    expect(line.cuts).toBe(1);
    const manager = await jetstreamManager(direct.nc);
    const stored = await storedIn(manager, `${broker.prefix.toUpperCase()}_EVENTS`);
    expect(stored.map(Number.parseFloat)).toEqual(rows.map((_, n) => n));
    await broker.close();
    await line.close();
    await direct.close();
  });

  it('when the broker dies was confirmed only as far as it is stored', async () => {
    const broker = await connectTo(server.url);
    const { prefix } = broker;
    const window = new PublishWindow(broker);
    const rows = rowsOf(prefix, 10_000);
    const confirmed: number[] = [];
    const ends = rows.map((row, n) =>
      window.send(row).then(
        () => confirmed.push(n),
        () => undefined,
      ),
    );
    await until(() => confirmed.length > 1_000, 'some confirmed');
    await server.kill();
    await until(() => !broker.connected, 'the loss noticed');
    await broker.close();
    await Promise.all(ends);
    expect(confirmed.length).toBeLessThan(rows.length);
    server.start();
    const again = await connectTo(server.url, prefix);
    const manager = await jetstreamManager(again.nc);
    const stored = new Set((await storedIn(manager, `${prefix.toUpperCase()}_EVENTS`)).map(Number.parseFloat));
    expect(confirmed.filter((n) => !stored.has(n))).toEqual([]);
    await again.close();
  });
});
