import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CheckIn,
  commandAnswered,
  commandCancel,
  commandEnded,
  commandEnqueue,
  commandExchange,
  type CommandGroup,
  commandPut,
  commandRevoke,
  decoderOf,
  deviceCheckedIn,
  deviceEnrolled,
  enrollmentCheckIn,
  type Exchange,
  type ItemOf,
  type Message,
  message,
  type MessageDefinition,
  commandEnqueued,
  sourceCertificateHash,
  queueClear,
} from '@lamplighter/contracts';
import { Broker, streamOf } from '@lamplighter/messaging';
import { Publisher, Requester, type RunningService, startService } from '@lamplighter/runtime';
import { testDatabase, type TestDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { CommandQueueModule } from '../src/command-queue.module.ts';
import { config } from '../src/config.ts';
import { certificateOf, commandId, group, settings } from './fixtures.ts';

let database: TestDatabase;
let service: RunningService;
const { url, prefix } = testNats();
const inAnHour = () => new Date(Date.now() + 3_600_000);

beforeAll(async () => {
  database = await testDatabase();
  service = await startService('command-queue', CommandQueueModule, config, {
    ...testSettings({ url, prefix }),
    LAMP_LOG_LEVEL: 'error',
    LAMP_DATABASE_URL: database.urlOf('command_queue'),
    LAMP_SECRET_KEY: settings.LAMP_SECRET_KEY,
  });
});

afterAll(async () => {
  await service?.stop();
  await database?.close();
});

const checkIn = (deviceId: string, said: CheckIn['message'], of: Partial<CheckIn> = {}) =>
  service.app.get(Requester).request(enrollmentCheckIn, {
    tenant: 'default',
    deviceId,
    kind: 'device',
    certificateHash: certificateOf(deviceId),
    receivedAt: new Date().toISOString(),
    message: said,
    ...of,
  });

async function enroll(deviceId: string, payload?: string): Promise<void> {
  const of = payload === undefined ? {} : { payload };
  const topic = 'com.apple.mgmt.External.test';
  await checkIn(deviceId, { type: 'Authenticate', topic, facts: {} }, of);
  await checkIn(deviceId, { type: 'TokenUpdate', topic, token: 'dG9rZW4=', pushMagic: 'magic' }, of);
}

async function exchangeAll(...items: [string, Exchange['answer']?][]) {
  const receivedAt = new Date().toISOString();
  return service.app.get(Requester).request(
    commandExchange,
    items.map(([deviceId, answer]) => ({
      tenant: 'default',
      deviceId,
      certificateHash: certificateOf(deviceId),
      receivedAt,
      answer,
    })),
  );
}

const answer = (id: string, status: 'Acknowledged' | 'NotNow' = 'Acknowledged') => ({
  commandId: id,
  status,
  payload: { xml: '<plist/>' },
});

async function send(id: string, groups: CommandGroup[]): Promise<void> {
  const sent = message(commandEnqueue, { id, tenant: 'default', at: new Date() }, groups);
  await service.app.get(Publisher).publish(commandEnqueue, sent, id);
}

/** Everything of one message that the broker holds now. */
async function held<D extends MessageDefinition>(definition: D): Promise<Message<ItemOf<D>>[]> {
  const { nc } = service.app.get(Broker);
  const decode = decoderOf(definition);
  const manager = await jetstreamManager(nc);
  const stream = streamOf(prefix, definition);
  const { state } = await manager.streams.info(stream);
  const found: Message<ItemOf<D>>[] = [];
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
    const stored = await manager.streams.getMessage(stream, { seq });
    if (!stored?.subject.includes(`.${definition.name}.`)) continue;
    found.push(decode(stored.string(), { tenant: 'default', at: stored.time }) as Message<ItemOf<D>>);
  }
  return found;
}

const queued = async (deviceId: string) =>
  (
    await database.admin.query<{ n: number }>(
      { text: 'SELECT count(*) AS n FROM command_queue.command WHERE device_id = $1' },
      [deviceId],
    )
  )[0]!.n;

describe('command-queue on the broker and the database', () => {
  it('announces a device that enrolled', async () => {
    await enroll('newcomer');
    const enrolled = await waitFor('device.enrolled', async () =>
      (await held(deviceEnrolled)).flatMap((each) => each.items).find((item) => item.deviceId === 'newcomer'),
    );
    expect(enrolled).toMatchObject({ generation: 1, kind: 'device' });
  });

  it('passes check-ins on without their secrets', async () => {
    await enroll('told', '<plist/>');
    const told = await waitFor('two check-ins', async () => {
      const items = (await held(deviceCheckedIn)).flatMap((each) => each.items);
      const own = items.filter((item) => item.deviceId === 'told');
      return own.length === 2 && own;
    });
    expect(told).toMatchObject([
      { messageType: 'Authenticate', kind: 'device', payload: '<plist/>' },
      { messageType: 'TokenUpdate', tokenUpdateTally: 1, payload: '<plist/>' },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/dG9rZW4=|magic/);
  });

  it('refuses a TokenUpdate without a push address, except from a source', async () => {
    const bare = { type: 'TokenUpdate', topic: 'com.apple.mgmt.External.test' } as const;
    await expect(checkIn('bare', bare)).rejects.toMatchObject({ code: expect.stringContaining('invalid') });
    const source = 'nano';
    const hash = { source, certificateHash: sourceCertificateHash('default', source) };
    expect(await checkIn('bare', bare, hash)).toEqual({ outcome: 'ok' });
  });

  it('takes a command from the broker to its device, and has its answer on the broker before it replies', async () => {
    await enroll('mac');
    await send('wave-1', [group('Scan', ['mac', 'never-enrolled'], { expiresAt: inAnHour() })]);
    await waitFor('the command to be queued', () => queued('mac'));
    const enqueued = await waitFor('command.enqueued', async () =>
      (await held(commandEnqueued)).find((each) => each.items.some((item) => item.deviceId === 'mac')),
    );
    expect(enqueued.items).toMatchObject([{ deviceId: 'mac', pushUntil: expect.any(String) }]);

    const id = commandId('Scan', 'mac');
    expect(await exchangeAll(['mac'])).toMatchObject([{ outcome: 'command', commandId: id, requestType: 'Scan' }]);
    expect(await exchangeAll(['mac', answer(id)])).toEqual([{ outcome: 'empty' }]);
    const answered = (await held(commandAnswered)).flatMap((each) => each.items);
    expect(answered.filter((item) => item.deviceId === 'mac')).toMatchObject([
      { commandId: id, status: 'Acknowledged', cause: 'rollout-1' },
    ]);
    expect(await queued('mac')).toBe(0);
  });

  it('stores the body of a wave once, for 2,000 devices in several messages', async () => {
    const ids = Array.from({ length: 2000 }, (_, n) => `fleet-${String(n).padStart(4, '0')}`);
    await database.admin.query(
      {
        text: `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at)
               SELECT 'default', d, 'device', 'authenticated', 't', sha256(d::bytea), 1, '{}', now() FROM unnest($1::text[]) AS d`,
      },
      [ids],
    );
    for (let start = 0; start < ids.length; start += 500) {
      const part = ids.slice(start, start + 500);
      await send(`one-body-${start}`, [group('OneBody', part, { cause: 'one-body', expiresAt: inAnHour() })]);
    }
    const commands = { text: `SELECT DISTINCT device_id, body_id FROM command_queue.command WHERE cause = 'one-body'` };
    await waitFor('the wave to be queued', async () => (await database.admin.query(commands)).length === ids.length);
    const stored = { text: `SELECT FROM command_queue.command_body WHERE request_type = 'OneBody'` };
    expect(await database.admin.query(stored)).toHaveLength(1);
  });

  it('does not bring a finished command back when its message is sent again', async () => {
    await enroll('again');
    const groups = [group('Scan', ['again'], { expiresAt: inAnHour() })];
    await send('wave-2', groups);
    await waitFor('the command to be queued', () => queued('again'));
    await exchangeAll(['again', answer(commandId('Scan', 'again'))]);
    await send('wave-2-from-another-replica', groups);
    await send('wave-3', [group('List', ['again'], { expiresAt: inAnHour() })]);
    await waitFor('the later command', () => queued('again'));
    expect(await queued('again')).toBe(1);
    expect(await exchangeAll(['again'])).toMatchObject([{ requestType: 'List' }]);
  });

  it('serves one device twice in a request in the order of the items', async () => {
    await enroll('eager');
    await send('wave-4', [group('Scan', ['eager'], { expiresAt: inAnHour() })]);
    await waitFor('the command to be queued', () => queued('eager'));
    const id = commandId('Scan', 'eager');
    expect(await exchangeAll(['eager'], ['eager', answer(id)], ['stranger'])).toMatchObject([
      { outcome: 'command', commandId: id },
      { outcome: 'empty' },
      { outcome: 'unrecognized' },
    ]);
  });

  it('serves the same device from many requests at once without an error', async () => {
    await enroll('crowded');
    await send('wave-5', [
      group('A', ['crowded'], { expiresAt: inAnHour() }),
      group('B', ['crowded'], { expiresAt: inAnHour() }),
    ]);
    await waitFor('the commands to be queued', async () => (await queued('crowded')) === 2);
    const id = commandId('A', 'crowded');
    const replies = await Promise.all(Array.from({ length: 40 }, () => exchangeAll(['crowded', answer(id)])));
    for (const [reply] of replies) expect(reply).toMatchObject({ outcome: 'command', requestType: 'B' });
    const stored = await database.admin.query<{ n: number }>({
      text: "SELECT count(*) AS n FROM command_queue.command_history WHERE device_id = 'crowded'",
    });
    expect(stored).toEqual([{ n: 1 }]);
  });

  it('takes a revoked cause out of the queues', async () => {
    await enroll('revoked');
    await send('wave-6', [group('Schedule', ['revoked'], { cause: 'aborted', expiresAt: inAnHour() })]);
    await waitFor('the command to be queued', () => queued('revoked'));
    const revoke = message(commandRevoke, { id: 'abort', tenant: 'default', at: new Date() }, [{ cause: 'aborted' }]);
    await service.app.get(Publisher).publish(commandRevoke, revoke, 'abort');
    await waitFor('the queue to be empty', async () => (await queued('revoked')) === 0);
    expect(await exchangeAll(['revoked'])).toEqual([{ outcome: 'empty' }]);
  });

  it('queues, cancels and clears what people ask for before it answers them', async () => {
    await enroll('asked');
    const requester = service.app.get(Requester);
    const sent = group('DeviceLock', ['asked', 'stranger'], { expiresAt: inAnHour() });
    const ask = { tenant: 'default', sentAt: new Date().toISOString(), push: true, group: sent };
    const put = await requester.request(commandPut, ask);
    expect(put).toMatchObject({
      ok: { results: [{ outcome: 'queued' }, { outcome: 'refused', refusal: { reason: 'unrecognized' } }] },
    });
    expect(await queued('asked')).toBe(1);
    expect(await requester.request(commandPut, ask)).toMatchObject({ ok: { results: [{ outcome: 'known' }, {}] } });

    const one = { tenant: 'default', deviceId: 'asked', commandId: commandId('DeviceLock', 'asked') };
    await exchangeAll(['asked']);
    expect(await requester.request(commandCancel, one)).toEqual({ ok: { outcome: 'in-hand' } });
    await exchangeAll(['asked', answer(one.commandId, 'NotNow')]);
    expect(await requester.request(commandCancel, one)).toEqual({ ok: { outcome: 'cancelled' } });
    expect(await requester.request(commandCancel, one)).toEqual({ ok: { outcome: 'absent' } });
    const told = await waitFor('command.ended', async () =>
      (await held(commandEnded)).flatMap((each) => each.items).find((item) => item.deviceId === 'asked'),
    );
    expect(told).toMatchObject({ outcome: 'cancelled', notNowCount: 1 });

    for (const name of ['A', 'B']) {
      await requester.request(commandPut, {
        ...ask,
        push: false,
        group: group(name, ['asked'], { expiresAt: inAnHour() }),
      });
    }
    await exchangeAll(['asked']);
    const clear = { tenant: 'default', deviceIds: ['asked', 'stranger'] };
    expect(await requester.request(queueClear, clear)).toEqual({ ok: { cleared: 1, inHand: 1 } });
  });
});
