import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CheckIn } from '@lamplighter/contracts';
import { checkIns, through, tokenUpdate, topic } from '../../test/check-ins.ts';
import { certificateOf } from '../../test/fixtures.ts';

const ok = { outcome: 'ok' };
const wrongCertificate = { outcome: 'wrong-certificate' };
const said = (serialNumber: string): CheckIn['message'] => ({ type: 'Authenticate', topic, facts: { serialNumber } });
const fresh = certificateOf('a', 1);

let world = checkIns();
const enroll = (certificateNames: string[], serialNumber = 'C02TEST', of: Partial<CheckIn> = {}) =>
  world.say(said(serialNumber), { certificateNames, ...of });

describe('an Authenticate where certificates have to name their device', () => {
  beforeEach(() => {
    world = checkIns({ LAMP_AUTHENTICATE: 'named' });
  });

  it.each([
    ['the UDID', ['A']],
    ['the serial number that the device says', ['someone', 'c02test']],
  ])('is taken with one that names %s', async (_what, names) => {
    expect(await enroll(names)).toEqual(ok);
    expect(world.row()).toMatchObject({ status: 'authenticated', certificateHash: certificateOf('a') });
  });

  it.each([
    ['nobody', undefined],
    ['nothing', ['']],
    ['another device', ['b', 'C02TEST2']],
  ])('is refused with one that names %s, and leaves nothing', async (_what, certificateNames) => {
    expect(await world.say(said('C02TEST'), { certificateNames } as Partial<CheckIn>)).toEqual(wrongCertificate);
    expect(world.row()).toBeUndefined();
  });

  it('cannot take the place of a device by saying a serial number of its own', async () => {
    await enroll(['C02TEST']);
    await world.say(tokenUpdate);
    const before = structuredClone(world.row());
    expect(await enroll(['C02THIEF'], 'C02THIEF', { certificateHash: fresh })).toEqual(wrongCertificate);
    expect(structuredClone(world.row())).toEqual(before);
    await world.say({ type: 'CheckOut' });
    expect(await enroll(['C02THIEF'], 'C02THIEF', { certificateHash: fresh })).toEqual(wrongCertificate);
    expect(await enroll(['C02TEST'], 'C02TEST', { certificateHash: fresh })).toEqual(ok);
    expect(world.row()).toMatchObject({ status: 'authenticated', generation: 2, certificateHash: fresh });
  });

  it('needs no name under the certificate that the device is enrolled with', async () => {
    await enroll(['C02TEST']);
    await world.say(tokenUpdate);
    expect(await enroll([])).toEqual(ok);
    expect(world.row().generation).toBe(2);
  });

  it('comes from another MDM server as ever: that one knows its devices', async () => {
    expect(await world.say(said('C02TEST'), through('nano'))).toEqual(ok);
  });
});

describe('a device of another MDM server that enrolls here, where certificates have to name their device', () => {
  it('is named by its serial number: by the one that its server told, if it told one', async () => {
    world = checkIns({ LAMP_AUTHENTICATE: 'named' });
    await world.say({ type: 'TokenUpdate', topic }, through('nano'));
    expect(await enroll(['C02OTHER'])).toEqual(wrongCertificate);
    expect(await enroll(['C02TEST'])).toEqual(ok);
    world = checkIns({ LAMP_AUTHENTICATE: 'named' });
    await world.say(said('C02TEST'), through('nano'));
    await world.say({ type: 'TokenUpdate', topic }, through('nano'));
    expect(await enroll(['C02THIEF'], 'C02THIEF')).toEqual(wrongCertificate);
    expect(await enroll(['C02TEST'])).toEqual(ok);
  });
});

describe('an Authenticate by default', () => {
  it('is taken with a fresh certificate that names nobody: a device that enrolls again has one', async () => {
    world = checkIns();
    await enroll([]);
    await world.say(tokenUpdate);
    expect(await enroll([], 'C02TEST', { certificateHash: fresh })).toEqual(ok);
    expect(world.row()).toMatchObject({ generation: 2, pushAddress: null, bootstrapToken: null });
  });
});
