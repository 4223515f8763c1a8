import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  commandCancel,
  commandEnded,
  deviceEnrolled,
  commandEnqueued,
  pushRequest,
  sourceCertificateHash,
} from '@lamplighter/contracts';
import type { OtherMdm } from '@lamplighter/testing';
import { waitFor } from '@lamplighter/testing';
import { Beside } from './beside.ts';
import { commandId } from './fixtures.ts';

let beside: Beside;
let nano: OtherMdm;
let micro: OtherMdm;

beforeAll(async () => {
  beside = await Beside.start();
  nano = await beside.server('nano', 'nanomdm', { timeoutMs: 2_000 });
  micro = await beside.server('micro', 'micromdm');
});
afterAll(() => beside?.stop());

const stateOf = async (deviceId: string) => (await beside.commandOf(deviceId))?.state;
const until = (deviceId: string, state: string) =>
  waitFor(`${deviceId} ${state}`, async () => (await stateOf(deviceId)) === state, 30_000);
const enqueues = (other: OtherMdm, deviceId: string) =>
  other.asked.filter(({ line }) => !line.startsWith('GET') && line.endsWith(`/${deviceId}`)).length;

describe('a command for a device of NanoMDM', () => {
  it('is handed to NanoMDM under its own CommandUUID, is said to be there, and ends with the answer that comes back', async () => {
    await beside.enroll('nano', nano, 'n1');
    await beside.send('Scan', ['n1']);
    await until('n1', 'handed to nanomdm');
    const id = commandId('Scan', 'n1');
    expect(nano.queueOf('n1')).toMatchObject([{ uuid: id, requestType: 'Scan' }]);
    expect(await beside.answer('nano', 'n1', id)).toEqual({ outcome: 'empty', answered: true });
    expect(await beside.commandOf('n1')).toMatchObject({ state: 'Acknowledged', handed_to: 'nanomdm', sent_count: 1 });
  });

  it('is never pushed from here', async () => {
    await beside.enroll('nano', nano, 'n2');
    await beside.send('Scan', ['n2']);
    await until('n2', 'handed to nanomdm');
    const told = await waitFor('command.enqueued', async () =>
      (await beside.told(commandEnqueued)).find(({ deviceId }) => deviceId === 'n2'),
    );
    expect(told.pushUntil).toBeUndefined();
    const pushed = (await beside.told(pushRequest)).map(({ deviceId }) => deviceId);
    expect(pushed.filter((deviceId) => deviceId.startsWith('n'))).toEqual([]);
    const text = `SELECT count(*)::int AS n FROM command_queue.push_target_v1 WHERE device_id LIKE 'n%'`;
    expect(await beside.database.admin.query({ text })).toEqual([{ n: 0 }]);
  });

  it('is not handed over before its time', async () => {
    await beside.enroll('nano', nano, 'n3', 'n4');
    const notBefore = new Date(Date.now() + 1_500);
    await beside.send('Later', ['n3'], { notBefore });
    await beside.send('Now', ['n4']);
    await until('n4', 'handed to nanomdm');
    await until('n3', 'handed to nanomdm');
    const asked = nano.asked.filter(({ line }) => line.endsWith('/n3'));
    expect(asked).toHaveLength(1);
    expect(asked[0]!.at).toBeGreaterThanOrEqual(notBefore.getTime());
  });

  it('ends as refused, with the words of NanoMDM, where it does not know the device', async () => {
    await beside.checkIn('nano', 'n5', { type: 'TokenUpdate', topic: '' });
    await beside.send('Scan', ['n5']);
    await until('n5', 'refused');
    const detail = expect.stringContaining('violates foreign key constraint');
    expect(await beside.commandOf('n5')).toMatchObject({ detail });
    const ended = await waitFor('command.ended', async () =>
      (await beside.told(commandEnded)).find(({ deviceId }) => deviceId === 'n5'),
    );
    expect(ended).toMatchObject({ outcome: 'refused', reason: 'nanomdm', detail, handedOver: false });
  });

  it('is refused where NanoMDM already has a command of that id that did not come from here', async () => {
    await beside.enroll('nano', nano, 'n6');
    nano.whim = (id) =>
      id === 'n6'
        ? { status: 500, body: '{"status":{"n6":{"command_error":"Error 1062: Duplicate entry"}}}' }
        : undefined;
    await beside.send('Scan', ['n6']);
    await until('n6', 'refused');
    nano.whim = () => undefined;
  });

  it('counts as handed over where only the push failed', async () => {
    await beside.enroll('nano', nano, 'n7', 'n8');
    const failed = (id: string) =>
      JSON.stringify({ status: { [id]: { push_error: 'no push cert' } }, command_uuid: 'x' });
    nano.whim = (id) =>
      id === 'n7' ? { status: 500, body: failed(id) } : id === 'n8' ? { status: 207, body: failed(id) } : undefined;
    await beside.send('Scan', ['n7', 'n8']);
    await until('n7', 'handed to nanomdm');
    await until('n8', 'handed to nanomdm');
    nano.whim = () => undefined;
  });

  it('arrives once where the answer to the hand-over was lost', async () => {
    await beside.enroll('nano', nano, 'n9');
    let times = 0;
    nano.whim = (id) => (id === 'n9' && (times += 1) === 1 ? 'take-and-hang' : undefined);
    await beside.send('Scan', ['n9']);
    await until('n9', 'handing to nanomdm');
    await until('n9', 'handed to nanomdm');
    expect(nano.queueOf('n9')).toHaveLength(1);
    expect(times).toBe(2);
    nano.whim = () => undefined;
  });

  it('is not handed over again after its stop time, and ends unanswered', async () => {
    await beside.enroll('nano', nano, 'n10');
    nano.whim = (id) => (id === 'n10' ? 'hang' : undefined);
    await beside.send('Scan', ['n10']);
    await waitFor('an attempt', () => enqueues(nano, 'n10') > 0);
    // Its stop time comes while NanoMDM keeps silent.
    const text = `UPDATE command_queue.command SET expires_at = now(), due_at = now() WHERE device_id = 'n10' RETURNING 1`;
    expect(await beside.database.admin.query({ text })).toHaveLength(1);
    await until('n10', 'unanswered');
    const before = enqueues(nano, 'n10');
    nano.whim = () => undefined;
    await beside.enroll('nano', nano, 'n11');
    await beside.send('Scan', ['n11']);
    await until('n11', 'handed to nanomdm');
    expect(enqueues(nano, 'n10')).toBe(before);
  });

  it('has its device pushed again by NanoMDM, once for all that waits for it, until it answers', async () => {
    await beside.enroll('nano', nano, 'n13');
    await beside.send('One', ['n13']);
    await beside.send('Two', ['n13']);
    await waitFor('both', () => nano.queueOf('n13').length === 2);
    await until('n13', 'handed to nanomdm');
    const pushes = () => nano.asked.filter(({ line }) => line === 'GET /v1/push/n13').length;
    const those = async (text: string) => {
      return (await beside.database.admin.query({ text: `${text} WHERE device_id = 'n13' AND taken_at IS NOT NULL` }))
        .length;
    };
    const later = async () => {
      const taken = await those('SELECT 1 FROM command_queue.command');
      await those('UPDATE command_queue.command SET deliver_at = now()');
      return taken;
    };
    expect(pushes()).toBe(0);
    // Both at once, or each gets a push of its own.
    await waitFor('both are there', async () => (await those('SELECT 1 FROM command_queue.command')) === 2);
    expect(await later()).toBe(2);
    await waitFor('a push', () => pushes() === 1);
    await waitFor('it is noted', async () => (await beside.commandOf('n13'))!.push_count >= 2);
    const payload = { xml: '<plist/>' };
    const notNow = { answer: { commandId: commandId('One', 'n13'), status: 'NotNow' as const, payload } };
    expect(await beside.answer('nano', 'n13', undefined, notNow)).toEqual({ outcome: 'empty', answered: true });
    expect(await later()).toBe(2);
    await waitFor('a push for what was put off', () => pushes() === 2);
    for (const name of ['One', 'Two']) await beside.answer('nano', 'n13', commandId(name, 'n13'));
    expect(await later()).toBe(0);
    expect(await beside.commandOf('n13')).toMatchObject({ state: 'Acknowledged', sent_count: 1 });
    expect(nano.queueOf('n13')).toHaveLength(2);
  });

  it('stays in the hand of NanoMDM, which offers it again, though its device said NotNow: nobody takes it back', async () => {
    await beside.enroll('nano', nano, 'n14');
    const purpose = 'spec';
    const cause = 'taken-back';
    await beside.send('Older', ['n14'], { requestType: 'Scan', purpose, cause });
    await until('n14', 'handed to nanomdm');
    const id = commandId('Older', 'n14');
    const notNow = { answer: { commandId: id, status: 'NotNow' as const, payload: { xml: '<plist/>' } } };
    for (let time = 0; time < 2; time += 1) await beside.answer('nano', 'n14', undefined, notNow);
    const held = async () => {
      const text = 'SELECT state, not_now_count, overtaken FROM command_queue.command WHERE command_id = $1';
      return beside.database.admin.query({ text }, [id]);
    };
    expect(await held()).toEqual([{ state: 1, not_now_count: 1, overtaken: false }]);
    const cancelled = await beside.first.request(commandCancel, { tenant: 'default', deviceId: 'n14', commandId: id });
    expect(cancelled).toEqual({ ok: { outcome: 'in-hand' } });
    await beside.send('Witness', ['n14'], { cause, notBefore: new Date(Date.now() + 3_600_000) });
    await until('n14', 'queued');
    await beside.revoke(cause);
    await until('n14', 'revoked');
    await beside.send('Newer', ['n14'], { requestType: 'Scan', purpose });
    await waitFor('the newer one', () => nano.queueOf('n14').some(({ uuid }) => uuid === commandId('Newer', 'n14')));
    await beside.answer('nano', 'n14', undefined, notNow);
    expect(await held()).toEqual([{ state: 1, not_now_count: 1, overtaken: true }]);
    await beside.answer('nano', 'n14', id);
    expect(await held()).toEqual([]);
    const ended = (await beside.told(commandEnded)).filter(({ commandId: which }) => which === id);
    expect(ended).toEqual([]);
  });

  it('waits while the device has another ScheduleOSUpdate in hand', async () => {
    await beside.enroll('nano', nano, 'n12');
    const requestType = 'ScheduleOSUpdate';
    await beside.send('First', ['n12'], { requestType, expiresAt: new Date(Date.now() + 60_000) });
    await until('n12', 'handed to nanomdm');
    await beside.send('Second', ['n12'], { requestType });
    await beside.send('Other', ['n12']);
    await waitFor('the other', () => nano.queueOf('n12').length === 2);
    expect(nano.queueOf('n12').map((one) => one.requestType)).toEqual(['ScheduleOSUpdate', 'Other']);
  });
});

describe('a command for a device of MicroMDM', () => {
  it('is handed to MicroMDM, and again only where it is not there yet', async () => {
    await beside.enroll('micro', micro, 'm1', 'm2');
    let lost = 0;
    micro.whim = (id) => (id === 'm2' && (lost += 1) === 1 ? 'take-and-hang' : undefined);
    await beside.send('Scan', ['m1']);
    await until('m1', 'handed to micromdm');
    await beside.send('Scan', ['m2']);
    await until('m2', 'handed to micromdm');
    expect(micro.queueOf('m1')).toMatchObject([{ uuid: commandId('Scan', 'm1') }]);
    expect(micro.queueOf('m2')).toMatchObject([{ uuid: commandId('Scan', 'm2') }]);
    expect(micro.asked.map(({ line }) => line)).toContain('GET /v1/commands/m2');
  });

  it('ends as refused where it is not taken', async () => {
    await beside.enroll('micro', micro, 'm3');
    micro.whim = (id) => (id === 'm3' ? { status: 400, body: '{"error":"bad\\ncommand"}' } : undefined);
    await beside.send('Scan', ['m3']);
    await until('m3', 'refused');
    expect(await beside.commandOf('m3')).toMatchObject({ detail: expect.stringContaining('bad') });
    micro.whim = () => undefined;
  });
});

describe('a server that is down', () => {
  it('is left alone with growing pauses, loses nothing, and holds up no other', async () => {
    const shaky = await beside.server('shaky', 'nanomdm');
    const ids = Array.from({ length: 30 }, (_, n) => `s${n}`);
    await beside.enroll('shaky', shaky, ...ids);
    shaky.whim = () => ({ status: 503, body: 'down' });
    await beside.send('Scan', ids);
    await waitFor('some attempts', () => shaky.asked.length >= 5);
    const attempts = shaky.asked.length;
    await beside.enroll('nano', nano, 'n20');
    await beside.send('Meanwhile', ['n20']);
    await until('n20', 'handed to nanomdm');
    // Four at once, then one at a time, each after a longer pause.
    const gaps = shaky.asked.slice(4).map(({ at }, index, all) => (index === 0 ? 0 : at - all[index - 1]!.at));
    expect(Math.min(...gaps.slice(1).concat(Infinity))).toBeGreaterThan(500);
    expect(attempts).toBeLessThan(10);
    expect(await stateOf('s0')).toBe('queued');
    const seen = await beside.database.admin.query({
      text: `SELECT source, last_error, failing_since IS NOT NULL AS failing FROM command_queue.hand_over_target_v1 WHERE failures > 0`,
    });
    expect(seen).toEqual([{ source: 'shaky', last_error: 'NanoMDM answered 503: down', failing: true }]);
    shaky.whim = () => undefined;
    await Promise.all(ids.map((id) => until(id, 'handed to nanomdm')));
    for (const id of ids) expect(shaky.queueOf(id)).toHaveLength(1);
  });

  it('gets a command once, whoever died in between, and from however many processes', async () => {
    // Patient: an attempt that is given up and comes again is no fact of this one.
    const twin = await beside.server('twin', 'nanomdm', { timeoutMs: 20_000 });
    await beside.replica();
    const ids = Array.from({ length: 40 }, (_, n) => `t${n}`);
    await beside.enroll('twin', twin, ...ids);
    await beside.send('Scan', ids);
    await Promise.all(ids.map((id) => until(id, 'handed to nanomdm')));
    for (const id of ids) expect(enqueues(twin, id)).toBe(1);
    // As a process leaves it that was killed after the other server took it, and before that was committed.
    const text = `UPDATE command_queue.command SET taken_at = NULL, deliver_at = now() WHERE device_id = 't0'`;
    await beside.database.admin.query({ text });
    await waitFor('another attempt', () => enqueues(twin, 't0') === 2);
    await until('t0', 'handed to nanomdm');
    expect(twin.queueOf('t0')).toHaveLength(1);
  });
});

describe('what another server relays', () => {
  const at = (seconds: number) => new Date(Date.now() - 3_600_000 + seconds * 1000).toISOString();
  const authenticate = { type: 'Authenticate', topic: 'x', facts: { serialNumber: 'C02X' } } as const;
  const tokenUpdate = { type: 'TokenUpdate', topic: 'x', token: 'dG9rZW4=', pushMagic: 'magic' } as const;
  const enrollmentOf = async (deviceId: string) =>
    (
      await beside.database.admin.query<{ status: string; generation: number; facts: object; source: string | null }>(
        { text: 'SELECT status, generation, facts, source FROM command_queue.enrollment WHERE device_id = $1' },
        [deviceId],
      )
    )[0];

  it('means the same in whatever order it comes', async () => {
    const said = [
      [authenticate, 1],
      [tokenUpdate, 2],
      [tokenUpdate, 3],
    ] as const;
    const orders = [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
      [1, 2, 0],
      [0, 1, 0, 1, 2, 2, 0],
    ];
    for (const [number, order] of orders.entries()) {
      for (const index of order) {
        const [message, second] = said[index]!;
        await beside.checkIn('nano', `r${number}`, message, { receivedAt: at(second) });
      }
      const facts = { serialNumber: 'C02X' };
      expect(await enrollmentOf(`r${number}`)).toEqual({ status: 'enrolled', generation: 1, facts, source: 'nano' });
    }
    const enrolled = async () =>
      (await beside.told(deviceEnrolled))
        .map(({ deviceId }) => deviceId)
        .filter((deviceId) => deviceId.startsWith('r'));
    await waitFor('the last of them to be told', async () => (await enrolled()).includes('r4'));
    expect(await enrolled()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
  });

  it('means the same where all of it comes at once', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `once${n}`);
    await Promise.all(
      ids.flatMap((id) => [
        beside.checkIn('nano', id, authenticate, { receivedAt: at(1) }),
        beside.checkIn('nano', id, tokenUpdate, { receivedAt: at(2) }),
        beside.checkIn('nano', id, { type: 'TokenUpdate', topic: '' }, { receivedAt: at(3) }),
      ]),
    );
    const found = await Promise.all(ids.map(enrollmentOf));
    expect(found.filter((one) => one?.status !== 'enrolled' || one.generation !== 1)).toEqual([]);
  });

  it('does not bring a device back that has left since', async () => {
    await beside.checkIn('nano', 'left', tokenUpdate, { receivedAt: at(10) });
    await beside.checkIn('nano', 'left', { type: 'CheckOut' }, { receivedAt: at(20) });
    expect(await beside.checkIn('nano', 'left', tokenUpdate, { receivedAt: at(15) })).toEqual({
      outcome: 'unrecognized',
    });
    expect(await enrollmentOf('left')).toMatchObject({ status: 'left' });
    expect(await beside.checkIn('nano', 'left', tokenUpdate, { receivedAt: at(30) })).toEqual({ outcome: 'ok' });
    expect(await beside.checkIn('nano', 'left', { type: 'CheckOut' }, { receivedAt: at(20) })).toEqual({
      outcome: 'unrecognized',
    });
    expect(await enrollmentOf('left')).toMatchObject({ status: 'enrolled' });
  });

  it('is nothing of devices that are enrolled here, or with another source', async () => {
    const native = { source: undefined, certificateHash: 'a'.repeat(64) };
    await beside.checkIn('', 'native', authenticate, native);
    await beside.checkIn('', 'native', tokenUpdate, native);
    await beside.checkIn('micro', 'others', tokenUpdate);
    for (const deviceId of ['native', 'others']) {
      for (const message of [tokenUpdate, { type: 'CheckOut' } as const]) {
        expect(await beside.checkIn('nano', deviceId, message)).toEqual({ outcome: 'wrong-certificate' });
      }
      expect(await beside.answer('nano', deviceId)).toEqual({ outcome: 'wrong-certificate' });
    }
    expect(await beside.checkIn('nano', 'native', authenticate)).toEqual({ outcome: 'wrong-certificate' });
    expect(await enrollmentOf('native')).toMatchObject({ status: 'enrolled', source: null });
    expect(await enrollmentOf('others')).toMatchObject({ status: 'enrolled', source: 'micro' });
  });

  it('moves a device that enrolled anew, from one server to another', async () => {
    await beside.checkIn('micro', 'moved', tokenUpdate);
    expect(await beside.checkIn('nano', 'moved', authenticate)).toEqual({ outcome: 'ok' });
    expect(await enrollmentOf('moved')).toMatchObject({ status: 'authenticated', generation: 2, source: 'nano' });
  });

  it('lets no source speak under another name', async () => {
    await beside.enroll('nano', nano, 'n30');
    const certificateHash = sourceCertificateHash('default', 'nano');
    expect(await beside.answer('micro', 'n30', undefined, { certificateHash })).toEqual({
      outcome: 'wrong-certificate',
    });
  });

  it('hands a device nothing, and passes answers over that are not to commands of ours', async () => {
    await beside.enroll('nano', nano, 'n31');
    await beside.send('Wait', ['n31'], { notBefore: new Date(Date.now() + 1000) });
    await waitFor('it is queued', () => stateOf('n31'));
    expect(await beside.answer('nano', 'n31')).toEqual({ outcome: 'empty' });
    expect(await beside.answer('nano', 'n31', commandId('Theirs', 'n31'))).toEqual({ outcome: 'empty' });
    expect(await beside.answer('nano', 'n31', 'not-a-uuid')).toEqual({ outcome: 'empty' });
  });

  it('asks for adoption of a device whose TokenUpdate was lost', async () => {
    await beside.checkIn('nano', 'half', authenticate);
    expect(await beside.answer('nano', 'half')).toEqual({ outcome: 'unrecognized' });
  });
});
