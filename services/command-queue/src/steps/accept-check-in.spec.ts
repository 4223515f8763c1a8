import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CheckIn,
  commandEnded,
  deviceCheckedIn,
  deviceEnrolled,
  deviceLeft,
  PushAddress,
  pushAddressContext,
} from '@lamplighter/contracts';
import { authenticate, checkIns, token, tokenUpdate, user } from '../../test/check-ins.ts';
import type { FakeCommandStore } from '../../test/fake-command-store.ts';
import type { FakeQueue } from '../../test/fake-queue.ts';
import { certificateOf, FakeDatabase, type FakeOutbox, minutes, START, terms } from '../../test/fixtures.ts';

const db = new FakeDatabase();
const ok = { outcome: 'ok' };
let world: ReturnType<typeof checkIns>;
let queue: FakeQueue;
let outbox: FakeOutbox;
let commands: FakeCommandStore;
let say: typeof world.say;
let row: typeof world.row;

beforeEach(() => {
  world = checkIns();
  ({ queue, outbox, commands, say, row } = world);
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
    const opened = world.sealer.open(sealed, pushAddressContext('default', 'a')).toString();
    expect(PushAddress.parse(JSON.parse(opened))).toEqual({ token, pushMagic: 'magic' });
    expect(() => world.sealer.open(sealed, pushAddressContext('default', 'b'))).toThrow();
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

describe('a device in Setup Assistant', () => {
  it('is known to wait until one of its messages says that it does not', async () => {
    await say(authenticate);
    await say({ ...tokenUpdate, awaitingConfiguration: true } as CheckIn['message']);
    expect(row().awaitingConfiguration).toBe(true);
    await say({ type: 'GetBootstrapToken' });
    expect(row().awaitingConfiguration).toBe(true);
    await say({ type: 'GetBootstrapToken', awaitingConfiguration: false });
    expect(row().awaitingConfiguration).toBe(false);
    await say({ type: 'SetBootstrapToken', bootstrapToken: 'Ym9vdA==', awaitingConfiguration: true });
    expect(row().awaitingConfiguration).toBe(true);
    await say(tokenUpdate);
    expect(row().awaitingConfiguration).toBe(false);
  });
});

describe('tokens for services', () => {
  it('are given where this tenant has the service, and to devices that are enrolled', async () => {
    expect(await say({ type: 'GetToken', serviceType: 'com.apple.maid' })).toEqual({ outcome: 'unrecognized' });
    await say(authenticate);
    const tokenData = Buffer.from('a token').toString('base64');
    expect(await say({ type: 'GetToken', serviceType: 'com.apple.maid' })).toEqual({ outcome: 'ok', tokenData });
    expect(await say({ type: 'GetToken', serviceType: 'com.apple.watch.pairing' })).toEqual({
      outcome: 'unknown-token-service',
    });
  });

  it('are bounded for each enrollment, and a type that is not given here is told as such all the same', async () => {
    ({ say } = checkIns({ LAMP_TOKENS_PER_HOUR: 2 }));
    for (const deviceId of ['a', 'b']) await say(authenticate, { deviceId });
    const get = async (deviceId: string, serviceType = 'com.apple.maid') =>
      (await say({ type: 'GetToken', serviceType }, { deviceId })).outcome;
    expect([await get('a'), await get('a'), await get('a')]).toEqual(['ok', 'ok', 'too-many-tokens']);
    expect(await get('a', 'com.apple.watch.pairing')).toBe('unknown-token-service');
    expect(await get('b')).toBe('ok');
  });
});

describe('what others are told', () => {
  const payload = '<plist/>';

  it('is every accepted check-in, TokenUpdates with how many there were', async () => {
    const bootstrap = { type: 'SetBootstrapToken', bootstrapToken: 'Ym9vdA==' } as const;
    const said = [authenticate, tokenUpdate, tokenUpdate, bootstrap, { type: 'ReturnToService' }, { type: 'CheckOut' }];
    for (const each of said as CheckIn['message'][]) expect(await say(each, { payload })).toEqual(ok);
    expect(outbox.of(deviceCheckedIn).flatMap((each) => each.items)).toEqual(
      [
        ['Authenticate'],
        ['TokenUpdate', 1],
        ['TokenUpdate', 2],
        ['SetBootstrapToken'],
        ['ReturnToService'],
        ['CheckOut'],
      ].map(([messageType, tokenUpdateTally]) => ({
        deviceId: 'a',
        kind: 'device',
        messageType,
        at: START.toISOString(),
        payload,
        ...(tokenUpdateTally === undefined ? {} : { tokenUpdateTally }),
      })),
    );
  });

  it('is nothing of questions, and of what was refused', async () => {
    await say(tokenUpdate, { payload });
    await say(authenticate);
    await say({ type: 'GetBootstrapToken' }, { payload });
    await say({ type: 'GetToken', serviceType: 'com.apple.maid' }, { payload });
    await say(tokenUpdate, { payload, certificateHash: 'f'.repeat(64) });
    expect(outbox.of(deviceCheckedIn)).toEqual([]);
  });

  it('counts TokenUpdates from the Authenticate on', async () => {
    for (const each of [authenticate, tokenUpdate, tokenUpdate, authenticate]) await say(each);
    await say(tokenUpdate, { payload });
    expect(outbox.of(deviceCheckedIn)[0]?.items[0]?.tokenUpdateTally).toBe(1);
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
