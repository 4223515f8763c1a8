import { describe, expect, it } from '@jest/globals';
import { Catalog, MODELS } from './catalog.ts';
import { newDevice } from './device.ts';
import { magicOf, readToken, tokenOf } from './identity.ts';
import { BEHAVIOURS, parseBehaviours, parseMix } from './mix.ts';

const catalog = Catalog.sample();
const mix = parseMix({});
const make = (seed: string, count = 300) =>
  Array.from({ length: count }, (_, index) => newDevice({ seed, mix, catalog }, index));

describe('a fleet', () => {
  it('has the same devices for the same seed, and others for another', () => {
    expect(make('one')).toEqual(make('one'));
    expect(make('one', 1)[0]!.udid).not.toBe(make('two', 1)[0]!.udid);
  });

  it('gives a device the same facts whatever the size of the fleet', () => {
    expect(make('one', 5)).toEqual(make('one', 50).slice(0, 5));
  });

  it('has unique UDIDs, versions below 27, and every platform of the mix', () => {
    const devices = make('one', 2000);
    expect(new Set(devices.map(({ udid }) => udid)).size).toBe(2000);
    expect(devices.every(({ version }) => Number.parseInt(version, 10) < 27)).toBe(true);
    expect(new Set(devices.map(({ model }) => model.platform)).size).toBe(4);
  });

  it('draws behaviours at their shares', () => {
    const devices = make('one', 4000);
    const share = (name: string): number => devices.filter(({ behaviour }) => behaviour === name).length / 4000;
    expect(share('notNow')).toBeCloseTo(0.08, 1);
    expect(share('offline')).toBeCloseTo(0.03, 1);
    expect(share('leaves')).toBe(0);
  });

  it('has an update for every device but those that are up to date', () => {
    for (const { model, version, behaviour } of make('one', 2000)) {
      expect(catalog.updates(model, version).length > 0).toBe(behaviour !== 'upToDate');
    }
  });
});

describe('the sample feed', () => {
  it('has a release for every model that is simulated', () => {
    expect(MODELS.filter((model) => catalog.newest(model) === undefined)).toEqual([]);
  });

  it('offers the newest release of the own major and of later ones', () => {
    const model = MODELS.find(({ productName }) => productName === 'MacBookPro18,3')!;
    expect(catalog.updates(model, '15.5').map(({ version }) => version)).toEqual(['26.6.2', '15.7.9']);
    expect(catalog.updates(model, '26.6.2')).toEqual([]);
  });
});

describe('tokens', () => {
  it('name their device and generation, and nobody else can make one', () => {
    const token = tokenOf('seed', 77, 2);
    expect(readToken('seed', token.toString('hex'))).toEqual({ index: 77, generation: 2, channel: 'device' });
    const user = tokenOf('seed', 77, 2, 'user');
    expect(readToken('seed', user.toString('hex'))).toEqual({ index: 77, generation: 2, channel: 'user' });
    expect(readToken('other seed', token.toString('hex'))).toBeUndefined();
    expect(readToken('seed', 'abcd')).toBeUndefined();
  });

  it('come with another PushMagic for every enrollment', () => {
    expect(magicOf('seed', { index: 1, generation: 1 })).not.toBe(magicOf('seed', { index: 1, generation: 2 }));
  });
});

describe('the mix', () => {
  it('reads shares from the command line', () => {
    expect(parseBehaviours('notNow=0.1,offline=0.02')).toEqual({ notNow: 0.1, offline: 0.02 });
  });

  it.each([
    [{ behaviours: { noSuchThing: 0.1 } }, 'noSuchThing'],
    [{ behaviours: { notNow: 0.6, offline: 0.6 } }, 'add up to 1.2'],
    [{ zones: { 'Middle/Earth': 1 } }, 'no IANA time zone'],
    [{ settings: { wakeMs: [5, 1] } }, 'the first is above the second'],
    [{ behaviour: {} }, 'behaviour'],
  ])('refuses %j and says why', (wrong, why) => {
    expect(() => parseMix(wrong)).toThrow(why);
  });

  it('knows no behaviour twice', () => {
    expect(new Set(BEHAVIOURS).size).toBe(BEHAVIOURS.length);
  });
});
