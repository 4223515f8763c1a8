import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CheckIn,
  commandEnded,
  deviceEnrolled,
  deviceLeft,
  PushAddress,
  pushAddressContext,
} from '@lamplighter/contracts';
import { AesSealer, Tracer } from '@lamplighter/runtime';
import { silentLog, TestClock } from '@lamplighter/testing';
import { FakeCommandStore, FakeEnrollmentStore, FakeQueue } from '../../test/fake-stores.ts';
import { certificateOf, FakeDatabase, FakeOutbox, minutes, START, terms } from '../../test/fixtures.ts';
import { AcceptCheckIn } from './accept-check-in.ts';
import { EndEnrollment } from './end-enrollment.ts';
import { KeepTokens } from './keep-tokens.ts';
import { StepTools } from './step-tools.ts';

const db = new FakeDatabase();
const sealer = new AesSealer(Buffer.alloc(32, 7));
const topic = 'com.apple.mgmt.External.test';
const token = Buffer.from('push token').toString('base64');
let queue: FakeQueue;
let outbox: FakeOutbox;
let commands: FakeCommandStore;
let step: AcceptCheckIn;

const authenticate: CheckIn['message'] = { type: 'Authenticate', topic, facts: { productName: 'iPad14,1' } };
const tokenUpdate: CheckIn['message'] = { type: 'TokenUpdate', topic, token, pushMagic: 'magic' };

function say(message: CheckIn['message'], of: Partial<CheckIn> = {}): Promise<unknown> {
  const deviceId = of.deviceId ?? 'a';
  return step.run({
    tenant: 'default',
    deviceId,
    kind: 'device',
    certificateHash: certificateOf(deviceId),
    receivedAt: START.toISOString(),
    message,
    ...of,
  });
}
const user: Partial<CheckIn> = { deviceId: 'a:user', kind: 'user', parentId: 'a', certificateHash: certificateOf('a') };
const ok = { outcome: 'ok' };
const row = (deviceId = 'a') => queue.enrollments.get(`default ${deviceId}`)!;

beforeEach(() => {
  queue = new FakeQueue();
  outbox = new FakeOutbox();
  commands = new FakeCommandStore(queue);
  const enrollments = new FakeEnrollmentStore(queue);
  const end = new EndEnrollment(outbox, enrollments, commands);
  const tokens = new KeepTokens(outbox, enrollments, commands, sealer);
  step = new AcceptCheckIn(db, enrollments, end, tokens, new StepTools(new TestClock(START), silentLog, new Tracer()));
});

describe('enrollment', () => {
  it('begins with Authenticate and is complete, and announced, with the first TokenUpdate', async () => {
    expect(await say(authenticate)).toEqual(ok);
    expect(outbox.staged).toEqual([]);
    expect(await say(tokenUpdate)).toEqual(ok);
    expect(await say(tokenUpdate)).toEqual(ok);
    expect(outbox.of(deviceEnrolled).map((each) => each.items)).toMatchObject([
      [{ deviceId: 'a', kind: 'device', generation: 1, facts: { productName: 'iPad14,1' } }],
    ]);
    expect(row()).toMatchObject({ status: 'enrolled', reachable: true });
  });

  it('keeps the push address sealed for its device alone', async () => {
    await say(authenticate);
    await say(tokenUpdate);
    const sealed = row().pushAddress!;
    expect(sealed.includes('magic')).toBe(false);
    const opened = sealer.open(sealed, pushAddressContext('default', 'a')).toString();
    expect(PushAddress.parse(JSON.parse(opened))).toEqual({ token, pushMagic: 'magic' });
    expect(() => sealer.open(sealed, pushAddressContext('default', 'b'))).toThrow();
  });

  it('keeps the unlock token when a TokenUpdate brings none', async () => {
    await say(authenticate);
    await say({ ...tokenUpdate, unlockToken: 'c2VjcmV0' } as CheckIn['message']);
    const held = row().unlockToken;
    await say(tokenUpdate);
    expect(held).not.toBeNull();
    expect(row().unlockToken).toBe(held);
  });

  it('counts a repeated Authenticate once until its TokenUpdate', async () => {
    await say(authenticate);
    await say(authenticate);
    expect(row().generation).toBe(1);
    await say(tokenUpdate);
    await say(authenticate);
    expect(row().generation).toBe(2);
  });

  it('voids queue, tokens and user channels when a device enrolls again, and says that it left', async () => {
    await say(authenticate);
    await say({ ...tokenUpdate, unlockToken: 'c2VjcmV0' } as CheckIn['message']);
    await say({ type: 'SetBootstrapToken', bootstrapToken: 'Ym9vdA==' });
    await say(tokenUpdate, user);
    await commands.enqueue(db, [terms('Scan', ['a', 'a:user'])], START);
    await say(authenticate, { certificateHash: certificateOf('a', 1) });
    expect(queue.rows).toEqual([]);
    expect(queue.history.map((each) => each.outcome)).toEqual(['voided', 'voided']);
    expect(row()).toMatchObject({
      status: 'authenticated',
      generation: 2,
      certificateHash: certificateOf('a', 1),
      pushAddress: null,
      unlockToken: null,
      bootstrapToken: null,
    });
    expect(row('a:user').status).toBe('left');
    expect(outbox.of(deviceLeft).map((each) => each.items)).toMatchObject([
      [
        { deviceId: 'a', reason: 're-enrolled' },
        { deviceId: 'a:user', reason: 're-enrolled' },
      ],
    ]);
    expect(outbox.of(commandEnded).flatMap((each) => each.items)).toMatchObject([
      { deviceId: 'a', requestType: 'Scan', handedOver: false, outcome: 'voided', detail: 're-enrolled' },
      { deviceId: 'a:user', requestType: 'Scan', handedOver: false, outcome: 'voided', detail: 're-enrolled' },
    ]);
    expect(await say(tokenUpdate, { certificateHash: certificateOf('a', 1) })).toEqual(ok);
    expect(outbox.of(deviceEnrolled).at(-1)?.items[0]?.generation).toBe(2);
  });

  it('ends with CheckOut', async () => {
    await say(authenticate);
    await say(tokenUpdate);
    await commands.enqueue(db, [terms('Scan', ['a'])], START);
    expect(await say({ type: 'CheckOut' })).toEqual(ok);
    expect(queue.history.map((each) => each.outcome)).toEqual(['voided']);
    expect(outbox.of(deviceLeft)[0]?.items).toMatchObject([{ deviceId: 'a', reason: 'CheckOut' }]);
    expect(outbox.of(commandEnded)[0]?.items).toMatchObject([{ deviceId: 'a', outcome: 'voided', detail: 'CheckOut' }]);
    expect(await say({ type: 'CheckOut' })).toEqual({ outcome: 'unrecognized' });
    expect(await say(tokenUpdate)).toEqual({ outcome: 'unrecognized' });
  });
});

describe('identity', () => {
  it('refuses everything but Authenticate under another certificate, and changes nothing', async () => {
    await say(authenticate);
    await say(tokenUpdate);
    const before = structuredClone(row());
    for (const type of ['TokenUpdate', 'CheckOut', 'SetBootstrapToken', 'GetBootstrapToken'] as const) {
      const message = (type === 'TokenUpdate' ? tokenUpdate : { type }) as CheckIn['message'];
      expect(await say(message, { certificateHash: 'f'.repeat(64) })).toEqual({ outcome: 'wrong-certificate' });
    }
    expect(structuredClone(row())).toEqual(before);
  });

  it('refuses a device that enrolls as another with the certificate of its own enrollment', async () => {
    await say(authenticate);
    await say(authenticate, { deviceId: 'thief' });
    expect(await say(authenticate, { certificateHash: certificateOf('thief') })).toEqual({
      outcome: 'wrong-certificate',
    });
    expect(row().certificateHash).toBe(certificateOf('a'));
  });

  it('does not know devices that never enrolled', async () => {
    for (const message of [tokenUpdate, { type: 'CheckOut' }, { type: 'GetBootstrapToken' }] as CheckIn['message'][]) {
      expect(await say(message)).toEqual({ outcome: 'unrecognized' });
    }
  });

  it('opens a user channel only beside its device and under its certificate', async () => {
    expect(await say(tokenUpdate, user)).toEqual({ outcome: 'unrecognized' });
    await say(authenticate);
    expect(await say(tokenUpdate, { ...user, certificateHash: 'f'.repeat(64) })).toEqual({
      outcome: 'wrong-certificate',
    });
    expect(await say(tokenUpdate, user)).toEqual(ok);
    expect(outbox.of(deviceEnrolled)[0]?.items).toMatchObject([{ deviceId: 'a:user', parentId: 'a', kind: 'user' }]);
  });
});

describe('bootstrap token', () => {
  it('is given back as it was set, empty when there is none', async () => {
    await say(authenticate);
    expect(await say({ type: 'GetBootstrapToken' })).toEqual(ok);
    await say({ type: 'SetBootstrapToken', bootstrapToken: 'Ym9vdA==' });
    expect(await say({ type: 'GetBootstrapToken' })).toEqual({ outcome: 'ok', bootstrapToken: 'Ym9vdA==' });
    expect(row().bootstrapToken?.includes('boot')).toBe(false);
    await say({ type: 'SetBootstrapToken' });
    expect(await say({ type: 'GetBootstrapToken' })).toEqual(ok);
  });
});

describe('a device that becomes reachable', () => {
  it('has its waiting commands looked at once', async () => {
    await say(authenticate);
    await commands.enqueue(db, [terms('Scan', ['a'], { at: START })], START);
    expect(queue.rows[0]?.dueAt).toEqual(minutes(10));
    await say(tokenUpdate);
    expect(queue.rows[0]?.dueAt).toEqual(START);
  });
});
