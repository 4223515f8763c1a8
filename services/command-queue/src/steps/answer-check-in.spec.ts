import { beforeEach, describe, expect, it } from '@jest/globals';
import { type CheckIn, deviceEnrolled, deviceLeft } from '@lamplighter/contracts';
import { authenticate, checkIns, through, token, tokenUpdate, topic, user } from '../../test/check-ins.ts';
import { certificateOf, FakeDatabase, terms } from '../../test/fixtures.ts';

const db = new FakeDatabase();
const ok = { outcome: 'ok' };
const wrongCertificate = { outcome: 'wrong-certificate' };
const unrecognized = { outcome: 'unrecognized' };
let world: ReturnType<typeof checkIns>;

beforeEach(() => {
  world = checkIns();
});

const enroll = async (of: Partial<CheckIn> = {}) => {
  await world.say(authenticate, of);
  await world.say(tokenUpdate, of);
};

describe('a user channel', () => {
  it('is opened by its TokenUpdate, only beside its device and under its certificate', async () => {
    const { say, outbox } = world;
    expect(await say(tokenUpdate, user)).toEqual(unrecognized);
    await say(authenticate);
    expect(await say(tokenUpdate, { ...user, certificateHash: 'f'.repeat(64) })).toEqual(wrongCertificate);
    expect(await say(tokenUpdate, user)).toEqual(ok);
    expect(outbox.of(deviceEnrolled)[0]?.items).toMatchObject([{ deviceId: 'a:user', parentId: 'a', kind: 'user' }]);
  });

  it('exists on Shared iPad and in User Enrollments too', async () => {
    const { say, row } = world;
    await enroll();
    for (const kind of ['shared-ipad', 'user-enrollment'] as const) {
      expect(await say(tokenUpdate, { ...user, kind, deviceId: `a:${kind}` })).toEqual(ok);
      expect(row(`a:${kind}`)).toMatchObject({ kind, parentId: 'a', status: 'enrolled' });
    }
  });

  it('leaves with its device, also as one of more than a message holds', async () => {
    const { say, outbox } = world;
    await enroll();
    const users = Array.from({ length: 1_100 }, (_, n) => `a:user-${n}`);
    for (const deviceId of users) await say(tokenUpdate, { ...user, deviceId });
    await say({ type: 'CheckOut' });
    const told = outbox.of(deviceLeft);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    for (const { items } of told) expect(JSON.stringify(items).length).toBeLessThan(480 * 1024);
    expect(told.length).toBeGreaterThan(1);
    expect(told.flatMap(({ items }) => items.map(({ deviceId }) => deviceId)).toSorted()).toEqual(
      ['a', ...users].toSorted(),
    );
  });

  it('keeps who its user is, and whether at the console', async () => {
    const { say, row } = world;
    await enroll();
    const about = { userShortName: 'ann', userLongName: 'Ann Example', notOnConsole: true };
    await say({ ...tokenUpdate, ...about } as CheckIn['message'], user);
    expect(row('a:user')).toMatchObject({ ...about, reachable: true });
  });

  it('ends alone with its own CheckOut, and is opened again by a TokenUpdate', async () => {
    const { say, row, outbox, queue, commands } = world;
    await enroll();
    await say(tokenUpdate, user);
    await commands.enqueue(db, [terms('Scan', ['a', 'a:user'])], new Date('2026-11-20T02:00:00Z'));
    expect(await say({ type: 'CheckOut' }, user)).toEqual(ok);
    expect([row('a:user').status, row().status]).toEqual(['left', 'enrolled']);
    expect(queue.rows.map((each) => each.deviceId)).toEqual(['a']);
    expect(outbox.of(deviceLeft).flatMap((each) => each.items)).toMatchObject([{ deviceId: 'a:user' }]);
    expect(await say({ type: 'CheckOut' }, user)).toEqual(unrecognized);
    expect(await say(tokenUpdate, user)).toEqual(ok);
    expect(row('a:user')).toMatchObject({ status: 'enrolled', generation: 2 });
  });

  it('has no Authenticate of its own', async () => {
    const { say, row } = world;
    await enroll();
    expect(await say(authenticate, { ...user, certificateHash: 'f'.repeat(64) })).toEqual(unrecognized);
    expect(await say(authenticate, user)).toEqual(unrecognized);
    expect(row('a:user')).toBeUndefined();
  });

  it('is granted to UserAuthenticate of an enrolled device, unless user channels are off', async () => {
    expect(await world.say({ type: 'UserAuthenticate' }, user)).toEqual(unrecognized);
    await enroll();
    expect(await world.say({ type: 'UserAuthenticate' }, user)).toEqual(ok);
    expect(await world.say({ type: 'UserAuthenticate' }, { ...user, certificateHash: 'f'.repeat(64) })).toEqual(
      wrongCertificate,
    );
    world = checkIns({ LAMP_USER_CHANNEL: 'off' });
    await enroll();
    expect(await world.say({ type: 'UserAuthenticate' }, user)).toEqual({ outcome: 'user-not-managed' });
  });
});

describe('a renewed certificate', () => {
  const renewed = certificateOf('a', 1);
  const facts = { serialNumber: 'C02TEST' };
  beforeEach(async () => {
    await world.say({ type: 'Authenticate', topic, facts });
    await world.say(tokenUpdate);
    await world.say(tokenUpdate, user);
  });
  const renew = (certificateNames: string[] | undefined, of: Partial<CheckIn> = {}) =>
    world.say(tokenUpdate, { certificateHash: renewed, certificateNames, ...of } as Partial<CheckIn>);

  it.each([
    ['the UDID', ['Someone', 'A']],
    ['the serial number', ['c02test']],
  ])('that names %s takes the place of the pinned one, for the user channels too', async (_what, names) => {
    expect(await renew(names)).toEqual(ok);
    expect([world.row().certificateHash, world.row('a:user').certificateHash]).toEqual([renewed, renewed]);
    expect(world.row().generation).toBe(1);
    expect(await world.say(tokenUpdate)).toEqual(wrongCertificate);
    expect(world.outbox.of(deviceLeft)).toEqual([]);
  });

  it('is noted with its end, where it is shown by who may show it', async () => {
    const certificateEndsAt = '2027-01-01T00:00:00.000Z';
    expect(await renew(['nobody'], { certificateEndsAt })).toEqual(wrongCertificate);
    expect(world.row().certificateEndsAt).toBeUndefined();
    expect(await renew(['a'], { certificateEndsAt })).toEqual(ok);
    expect(world.row().certificateEndsAt).toEqual(new Date(certificateEndsAt));
  });

  it('may come first with a user channel', async () => {
    expect(await renew(['a'], user.deviceId === undefined ? {} : { ...user, certificateHash: renewed })).toEqual(ok);
    expect(world.row().certificateHash).toBe(renewed);
  });

  it.each([
    ['nobody', undefined],
    ['nothing', ['']],
    ['another device', ['b', 'xa', 'aC02TEST']],
  ])('that names %s is refused, and changes nothing', async (_what, names) => {
    expect(await renew(names)).toEqual(wrongCertificate);
    expect(world.row().certificateHash).toBe(certificateOf('a'));
  });

  it('is taken from a TokenUpdate alone', async () => {
    const named = { certificateHash: renewed, certificateNames: ['a'] };
    for (const type of ['CheckOut', 'GetBootstrapToken', 'SetBootstrapToken', 'UserAuthenticate'] as const) {
      expect(await world.say({ type }, named)).toEqual(wrongCertificate);
    }
  });

  it('is refused where another device was the first to show it, and after that one has left', async () => {
    await enroll({ deviceId: 'b', certificateHash: renewed });
    expect(await renew(['a'])).toEqual(wrongCertificate);
    await world.say({ type: 'CheckOut' }, { deviceId: 'b', certificateHash: renewed });
    expect(await renew(['a'])).toEqual(wrongCertificate);
  });

  it('is refused where an installation wants a new enrollment instead', async () => {
    world = checkIns({ LAMP_CERTIFICATE_RENEWAL: 'never' });
    await enroll();
    expect(await renew(['a'])).toEqual(wrongCertificate);
  });
});

describe('a device of another MDM server', () => {
  const bare: CheckIn['message'] = { type: 'TokenUpdate', topic };

  it('is adopted by its TokenUpdate, and announced', async () => {
    const { say, row, outbox } = world;
    expect(await say(tokenUpdate, through('nano'))).toEqual(ok);
    expect(row()).toMatchObject({ status: 'enrolled', source: 'nano', generation: 1 });
    expect(row().pushAddress).not.toBeNull();
    expect(outbox.of(deviceEnrolled).flatMap((each) => each.items)).toMatchObject([{ deviceId: 'a', generation: 1 }]);
    expect(await say(tokenUpdate, through('nano'))).toEqual(ok);
    expect(outbox.of(deviceEnrolled)).toHaveLength(1);
  });

  it('may come without a push address, and keeps the one that it had', async () => {
    const { say, row } = world;
    await say(bare, through('nano'));
    expect(row()).toMatchObject({ status: 'enrolled', pushAddress: null });
    await say({ type: 'TokenUpdate', topic, token, pushMagic: 'magic' }, through('nano'));
    const held = row().pushAddress;
    await say(bare, through('nano'));
    expect(row().pushAddress).toBe(held);
  });

  it('shares its certificate hash with all devices of that server', async () => {
    for (const deviceId of ['a', 'b'])
      expect(await world.say(tokenUpdate, { deviceId, ...through('nano') })).toEqual(ok);
    expect(await world.say(authenticate, { deviceId: 'c', ...through('nano') })).toEqual(ok);
  });

  it('has user channels and a CheckOut like any other', async () => {
    const { say, row } = world;
    expect(await say(tokenUpdate, { ...user, ...through('nano') })).toEqual(unrecognized);
    await say(tokenUpdate, through('nano'));
    expect(await say(tokenUpdate, { ...user, ...through('nano') })).toEqual(ok);
    expect(await say({ type: 'CheckOut' }, through('nano'))).toEqual(ok);
    expect([row().status, row('a:user').status]).toEqual(['left', 'left']);
  });

  it('is never taken from this server: what is enrolled here stays', async () => {
    await enroll();
    await world.say(tokenUpdate, user);
    const before = structuredClone(world.row());
    for (const message of [authenticate, tokenUpdate, bare, { type: 'CheckOut' }] as CheckIn['message'][]) {
      expect(await world.say(message, through('nano'))).toEqual(wrongCertificate);
      expect(await world.say(message, { ...through('nano'), certificateNames: ['a'] })).toEqual(wrongCertificate);
    }
    expect(await world.say(tokenUpdate, { ...user, ...through('nano') })).toEqual(wrongCertificate);
    expect(structuredClone(world.row())).toEqual(before);
  });

  it('may enroll here: a new generation', async () => {
    await world.say(tokenUpdate, through('nano'));
    expect(await world.say(tokenUpdate, { certificateNames: ['a'] })).toEqual(wrongCertificate);
    expect(await world.say(authenticate)).toEqual(ok);
    expect(world.row()).toMatchObject({ status: 'authenticated', source: null, generation: 2, pushAddress: null });
    expect(world.outbox.of(deviceLeft)[0]?.items).toMatchObject([{ deviceId: 'a', reason: 're-enrolled' }]);
    expect(await world.say(tokenUpdate, through('nano'))).toEqual(wrongCertificate);
  });

  it('is known under the name of its server alone', async () => {
    await world.say(tokenUpdate, through('nano'));
    expect(await world.say(tokenUpdate, through('other'))).toEqual(wrongCertificate);
    expect(await world.say(tokenUpdate, { source: 'nano' })).toEqual(wrongCertificate);
    expect(await world.say(tokenUpdate, { ...through('nano'), source: 'other' })).toEqual(wrongCertificate);
  });
});
