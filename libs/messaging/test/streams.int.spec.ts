import { randomBytes } from 'node:crypto';
import { AppError, commandEnqueue, defineWork, pushRequest, pushSent } from '@lamplighter/contracts';
import { jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { z } from 'zod';
import { Answers } from '../src/answers.ts';
import { connectionOptions } from '../src/connection-options.ts';
import { type Broker, checkVersion, connectBroker } from '../src/connection.ts';
import { ensureStreams, wantedStreams } from '../src/streams.ts';
import { brokerAtHand, connectTo, leave, quiet, testServer } from './broker.ts';

const settings = (prefix: string) => ({ prefix, replicas: 1, maxBytes: 64 << 20 });

describe('the connection', () => {
  it('takes user and password, or a token, from the URL and keeps them out of the server names', () => {
    expect(connectionOptions({ url: 'nats://me:p%40ss@a:1,nats://b:2', service: 'x' })).toMatchObject({
      servers: ['a:1', 'b:2'],
      user: 'me',
      pass: 'p@ss',
    });
    expect(connectionOptions({ url: 'nats://secret@a:1', service: 'x' })).toMatchObject({
      servers: ['a:1'],
      token: 'secret',
    });
    expect(connectionOptions({ url: 'a:1', service: 'x' })).not.toHaveProperty('token');
  });

  it('refuses a server that is too old', () => {
    expect(() => checkVersion('2.9.10')).toThrow(AppError);
    expect(() => checkVersion('2.13.9')).toThrow(/2\.14 or later/);
    for (const fine of ['2.14.0', '2.15.1', '3.0.0-beta']) checkVersion(fine);
  });

  it('says where it looked for a server that is not there', async () => {
    const attempt = connectBroker({
      ...settings('none'),
      url: 'nats://u:secret@127.0.0.1:1',
      service: 'spec',
      log: quiet,
      firstConnectMs: 0,
    });
    const error = (await attempt.catch((thrown: unknown) => thrown)) as AppError;
    expect(error.code).toBe('broker.unreachable');
    expect(error.message).toContain('127.0.0.1:1');
    expect(error.message).not.toContain('secret');
  });
});

describe('the streams', () => {
  it('are one for events, one for each area of work, one for dead letters', () => {
    const streams = wantedStreams(settings('lamp'), [commandEnqueue, pushRequest, pushSent]).map(
      ({ name, subjects, retention }) => [name, subjects, retention],
    );
    expect(streams).toEqual([
      ['LAMP_EVENTS', ['lamp.event.>'], RetentionPolicy.Limits],
      ['LAMP_COMMANDS', ['lamp.work.*.command.enqueue.*'], RetentionPolicy.Workqueue],
      ['LAMP_PUSHES', ['lamp.work.*.push.request.*'], RetentionPolicy.Workqueue],
      ['LAMP_DEAD', ['lamp.dead.>'], RetentionPolicy.Limits],
    ]);
  });
});

(brokerAtHand() ? describe : describe.skip)('at the broker', () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let broker: Broker;

  beforeAll(async () => {
    server = await testServer();
    broker = await connectTo(server.url);
  });
  afterAll(async () => {
    await leave(broker);
    await server.stop();
  });

  it('the streams may be ensured by many services at once, and again', async () => {
    const prefix = `${broker.prefix}-many`;
    const manager = await jetstreamManager(broker.nc);
    await Promise.all(Array.from({ length: 8 }, () => ensureStreams(manager, settings(prefix))));
    await ensureStreams(manager, { ...settings(prefix), maxBytes: 32 << 20 });
    const { config } = await manager.streams.info(`${prefix.toUpperCase()}_EVENTS`);
    expect(config.max_bytes).toBe(32 << 20);
  });

  it('subjects that a newer release added are kept', async () => {
    const prefix = `${broker.prefix}-newer`;
    const manager = await jetstreamManager(broker.nc);
    const old = defineWork('thing.make', 1, z.object({}));
    await ensureStreams(manager, settings(prefix), [old, defineWork('thing.mend', 1, z.object({}))]);
    await ensureStreams(manager, settings(prefix), [old]);
    const { config } = await manager.streams.info(`${prefix.toUpperCase()}_THINGS`);
    expect(config.subjects).toEqual([`${prefix}.work.*.thing.make.*`, `${prefix}.work.*.thing.mend.*`]);
  });

  it('a stream that stands there with another retention is named, not used', async () => {
    const prefix = `${broker.prefix}-other`;
    const manager = await jetstreamManager(broker.nc);
    const name = `${prefix.toUpperCase()}_COMMANDS`;
    await manager.streams.add({ name, subjects: [`${prefix}.x`], storage: StorageType.Memory });
    await expect(ensureStreams(manager, settings(prefix))).rejects.toMatchObject({
      code: 'broker.stream-refused',
      message: expect.stringContaining(name),
    });
  });

  it('answers come back as they were, whatever their size', async () => {
    const answers = new Answers(broker, { replicas: 1 });
    const noise = randomBytes(2_000_000);
    const cases = [
      { form: 'xml', content: Buffer.from('<plist>é</plist>') },
      { form: 'gzip', content: Buffer.from('\u00ff', 'latin1') },
      { form: 'gzip', content: Buffer.from('<string>app</string>'.repeat(100_000)) },
      { form: 'ref', content: noise },
    ];
    for (const { form, content } of cases) {
      const packed = await answers.pack(content);
      expect(Object.keys(packed)).toEqual([form]);
      expect((await answers.unpack(packed)).equals(content)).toBe(true);
    }
    await expect(answers.getLarge('never-was')).rejects.toMatchObject({ code: 'answer.gone' });
    await expect(answers.unpack({ gzip: 'AAAA' })).rejects.toMatchObject({ code: 'answer.damaged' });
  });

  it('an answer whose bytes are gone before its name is gone, and nobody waits for it for ever', async () => {
    const answers = new Answers(broker, { replicas: 1 });
    const ref = await answers.putLarge(randomBytes(1_000_000));
    const manager = await jetstreamManager(broker.nc);
    await manager.streams.purge(`OBJ_${broker.prefix}-answers`, { filter: `$O.${broker.prefix}-answers.C.>`, keep: 3 });
    await expect(answers.getLarge(ref)).rejects.toMatchObject({ code: 'answer.gone' });
  });

  it('a full bucket of answers takes no more, and what it has can be read', async () => {
    const own = await connectTo(server.url);
    const full = new Answers(own, { replicas: 1 });
    const manager = await jetstreamManager(own.nc);
    const bucket = `OBJ_${own.prefix}-answers`;
    expect((await manager.streams.info(bucket)).config.max_bytes).toBe(64 * 1024 * 1024);
    await manager.streams.update(bucket, { max_bytes: 2_000_000 });
    const content = randomBytes(1_500_000);
    const ref = await full.putLarge(content);
    await expect(full.putLarge(content)).rejects.toMatchObject({ code: 'answer.not-stored', outcome: 'retry' });
    expect((await full.getLarge(ref)).equals(content)).toBe(true);
    await leave(own);
  });
});
