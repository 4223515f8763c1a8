import type { OutboxRow, OutboxSource } from '@lamplighter/runtime';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Broker } from '../src/connection.ts';
import { OutboxRelay } from '../src/outbox-relay.ts';
import { PublishWindow } from '../src/publish-window.ts';
import { JetStreamPublisher } from '../src/publisher.ts';
import { brokerAtHand, connectTo, leave, quiet, testServer, until } from './broker.ts';

/** Rows as a table would hold them: gone once published, skipped while another holds them. */
class MemoryOutbox implements OutboxSource {
  readonly rows: OutboxRow[] = [];
  failures = 0;
  private held = new Set<OutboxRow>();
  private readonly listeners: (() => void)[] = [];

  stage(...rows: OutboxRow[]): void {
    this.rows.push(...rows);
    for (const listener of this.listeners) listener();
  }

  async drain(limit: number, publish: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number> {
    const mine = this.rows.filter((row) => !this.held.has(row)).slice(0, limit);
    for (const row of mine) this.held.add(row);
    try {
      if (this.failures-- > 0) throw new Error('no connection to the database');
      await publish(mine);
      for (const row of mine) this.rows.splice(this.rows.indexOf(row), 1);
      return mine.length;
    } finally {
      for (const row of mine) this.held.delete(row);
    }
  }

  onStaged(listener: () => void): void {
    this.listeners.push(listener);
  }
}

(brokerAtHand() ? describe : describe.skip)('the outbox relay', () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let broker: Broker;
  let publisher: JetStreamPublisher;
  let source: MemoryOutbox;
  const relays: OutboxRelay[] = [];

  beforeAll(async () => {
    server = await testServer();
  });
  beforeEach(async () => {
    broker = await connectTo(server.url);
    publisher = new JetStreamPublisher(new PublishWindow(broker), broker.prefix);
    source = new MemoryOutbox();
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((each) => each.stop()));
    await leave(broker);
  });
  afterAll(() => server.stop());

  const row = (n: number, payload = Buffer.from(String(n))): OutboxRow => ({
    subject: `${broker.prefix}.event.default.thing.happened.0`,
    messageId: `row-${n}`,
    payload,
  });
  const relay = (options: { tickMs?: number; limit?: number } = {}) => {
    const made = new OutboxRelay({ source, publisher, log: quiet, tickMs: 60_000, ...options });
    relays.push(made);
    return made;
  };
  async function stored(): Promise<number[]> {
    const manager = await jetstreamManager(broker.nc);
    const stream = `${broker.prefix.toUpperCase()}_EVENTS`;
    const { state } = await manager.streams.info(stream);
    const numbers: number[] = [];
    for (let seq = 1; seq <= state.last_seq; seq++) {
      numbers.push(Number((await manager.streams.getMessage(stream, { seq }))!.string()));
    }
    return numbers;
  }

  it('publishes in the order of staging as soon as rows are staged', async () => {
    relay({ limit: 50 });
    source.stage(...Array.from({ length: 320 }, (_, n) => row(n)));
    await until(() => source.rows.length === 0, 'drained');
    expect(await stored()).toEqual(Array.from({ length: 320 }, (_, n) => n));
  });

  it('finds on its tick what a process left behind that died', async () => {
    source.rows.push(row(1), row(2));
    relay({ tickMs: 20 });
    await until(() => source.rows.length === 0, 'drained');
    expect(await stored()).toEqual([1, 2]);
  });

  it('keeps the rows when something fails, and publishes them later', async () => {
    source.failures = 2;
    relay({ tickMs: 20 });
    source.stage(row(1));
    await until(() => source.rows.length === 0, 'drained');
    expect(await stored()).toEqual([1]);
  });

  it('of several replicas publishes each row once', async () => {
    relay({ limit: 10 });
    relay({ limit: 10 });
    source.stage(...Array.from({ length: 100 }, (_, n) => row(n)));
    await until(() => source.rows.length === 0, 'drained');
    expect((await stored()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('discards a row that no broker would take, rather than hold up the rest', async () => {
    relay();
    source.stage(row(1), row(2, Buffer.alloc(2_000_000)), row(3));
    await until(() => source.rows.length === 0, 'drained');
    expect(await stored()).toEqual([1, 3]);
  });

  it('publishes what is staged before it stops', async () => {
    source.rows.push(row(7));
    await relay().stop();
    expect(source.rows).toEqual([]);
    expect(await stored()).toEqual([7]);
  });
});
