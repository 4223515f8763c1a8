import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isReason, Why } from '@lamplighter/contracts';
import type { Device, MixInput } from '@lamplighter/fleet-sim';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

type Entry = NonNullable<MixInput['roster']>[number];
interface Animal extends Omit<Entry, 'platform'> {
  /** The state that it ends in, and why. */
  verdict: string;
}

const MAC = { productName: 'Mac15,12', modelName: 'MacBook Air', board: 'J613AP' };
const PHONE = { productName: 'iPhone15,2', modelName: 'iPhone' };
const MINOR = { version: '26.5', build: '25F71' };
const MAJOR = { version: '15.5', build: '24F74' };
const mac = (entry: Animal): Animal & Entry => ({ platform: 'macOS', model: MAC, ...MINOR, ...entry });
const phone = (entry: Animal): Animal & Entry => ({
  platform: 'iOS',
  model: PHONE,
  version: '26.5',
  build: '23F77',
  ...entry,
});

/** One device of each class of failure. Macs are told InstallLater, phones InstallASAP. */
const ZOO = {
  healthy: phone({ verdict: 'installed' }),
  'a healthy Mac on its way to a major version': mac({ ...MAJOR, verdict: 'installed' }),
  'up to date': phone({
    behaviour: 'upToDate',
    version: '26.6.1',
    build: '23G83',
    verdict: 'installed: already-at-target',
  }),
  unsupervised: phone({ behaviour: 'unsupervised', verdict: 'not-eligible: not-supervised' }),
  'never comes': phone({ verdict: 'waiting: no-contact' }),
  'says NotNow for ever': phone({ behaviour: 'notNow', strikes: 1000, verdict: 'waiting: not-now' }),
  'does not scan': mac({ behaviour: 'scanFails', verdict: 'failed: scan-failed' }),
  'finds no update (2213)': phone({ behaviour: 'hidesUpdates', verdict: 'failed: no-update-available' }),
  'a Mac with an empty list': mac({ behaviour: 'hidesUpdates', verdict: 'failed: no-update-available' }),
  'offers another update': phone({ behaviour: 'offersOther', verdict: 'failed: update-not-offered' }),
  'answers nonsense': phone({ behaviour: 'garbled', verdict: 'failed: unreadable-answer' }),
  'behind a configuration item': mac({ ...MAJOR, behaviour: 'configData', verdict: 'installed' }),
  'behind the same configuration item for ever': mac({
    ...MAJOR,
    behaviour: 'configDataLoop',
    verdict: 'waiting: installer-held-back',
  }),
  'no space': mac({ behaviour: 'noDisk', verdict: 'failed: insufficient-space' }),
  'no power': phone({ behaviour: 'noPower', strikes: 1000, verdict: 'waiting: insufficient-power' }),
  'power after a while': phone({ behaviour: 'noPower', strikes: 1, verdict: 'installed' }),
  'cannot download': phone({ behaviour: 'downloadFails', verdict: 'failed: download-failed' }),
  'downloads at the second attempt': phone({ behaviour: 'downloadFails', strikes: 1, verdict: 'installed' }),
  'cannot install': phone({ behaviour: 'installFails', verdict: 'failed: install-failed' }),
  'on the phone for ever': phone({ behaviour: 'onCall', verdict: 'waiting: phone-call-in-progress' }),
  'on the phone for a while': phone({ behaviour: 'onCall', strikes: 1, verdict: 'installed' }),
  'takes InstallASAP alone': mac({ behaviour: 'refusesAction', verdict: 'installed' }),
  'takes no action': mac({ behaviour: 'refusesAll', verdict: 'failed: unsupported-command' }),
  'no bootstrap token': mac({ behaviour: 'noBootstrapToken', verdict: 'failed: bootstrap-token-missing' }),
  'needs Automated Device Enrollment': mac({
    behaviour: 'notAde',
    verdict: 'not-eligible: requires-automated-enrollment',
  }),
  'under an enforcement': phone({ behaviour: 'enforced', verdict: 'superseded: superseded' }),
  'locked with a passcode': phone({ behaviour: 'mdmError', errorCode: 12049, verdict: 'failed: passcode-required' }),
  'declined by its user': phone({ behaviour: 'mdmError', errorCode: 12063, verdict: 'failed: user-rejected' }),
  'in use': mac({ behaviour: 'mdmError', errorCode: 12077, verdict: 'failed: user-logged-in' }),
  'in Lost Mode': phone({ behaviour: 'mdmError', errorCode: 12078, verdict: 'failed: lost-mode' }),
  'an error of tomorrow': phone({ behaviour: 'mdmError', errorCode: 12999, verdict: 'failed: unknown' }),
  'put off by its user': mac({ behaviour: 'postpones', verdict: 'waiting: user-postponed' }),
  'never on power': mac({ ...MAJOR, behaviour: 'waitsForPower', verdict: 'failed: waiting-for-power' }),
  'on power after a while': mac({ ...MAJOR, behaviour: 'waitsForPower', strikes: 2, verdict: 'installed' }),
  'never restarted': mac({ behaviour: 'waitsForRestart', verdict: 'failed: waiting-for-restart' }),
  'stalled for ever': phone({ behaviour: 'stalls', verdict: 'failed: stalled' }),
  'stalled until told once more': phone({ behaviour: 'stalls', strikes: 1, verdict: 'installed' }),
  'silent after its restart': phone({ behaviour: 'silentAfterRestart', verdict: 'failed: silent-after-restart' }),
} satisfies Record<string, Animal & Entry>;
type Name = keyof typeof ZOO;
const NAMES = Object.keys(ZOO) as Name[];

let world: World;
let night: OpenPolicy;
const device = (name: Name): Device => [...world.fleet.devices()][NAMES.indexOf(name)]!;
const told = (name: Name): string[] => device(name).scheduled.map(({ action, outcome }) => `${action}: ${outcome}`);

beforeAll(async () => {
  world = await startWorld({
    factor: 240,
    // By commands alone: what the declarative lane does is shown elsewhere.
    env: { LAMP_CONFIRM_HOURS: '1', LAMP_STALL_MINUTES: '30', LAMP_DDM_SUBSCRIPTIONS: 'off' },
    fleet: {
      devices: NAMES.length,
      seed: 'zoo',
      mix: {
        roster: Object.values(ZOO).map(({ verdict: _verdict, ...entry }) => entry),
        settings: { bandwidthMbit: [200, 300] },
      },
    },
  });
  await factsKnown(world);
  world.fleet.fleet.setOnline(device('never comes'), false);
  night = await openPolicy(world, 180, {
    byPlatform: { macOS: { installAction: 'InstallLater', maxUserDeferrals: 3, updatePriority: 'High' } },
  });
  await rolloutWhen(
    world,
    night.rolloutId,
    'every device to settle',
    ({ progress, devices: all }) => all > 0 && progress.settled === all,
    240_000,
  );
}, 420_000);
afterAll(() => world?.stop());

describe('a zoo with one device of each class of failure', () => {
  it('brings each to its own verdict', async () => {
    const states = await world.api.rolloutDevices(night.rolloutId);
    const verdicts = NAMES.map((name) => {
      const { state, reason } = states.get(device(name).udid) ?? {};
      return [name, reason === null ? state : `${state}: ${reason}`];
    });
    expect(Object.fromEntries(verdicts)).toEqual(Object.fromEntries(NAMES.map((name) => [name, ZOO[name].verdict])));
  });

  it('tells of each why, with what the device itself said as its evidence', async () => {
    for (const name of NAMES) {
      const [state, reason = 'already-at-target'] = ZOO[name].verdict.split(': ');
      const why = await world.api.ask(Why, 'GET', `/v1/devices/${device(name).udid}/why`);
      const { code, explanation, next, action, evidence } = why;
      expect({ name, state: why.state, code }).toEqual({ name, state, code: reason });
      for (const text of [why.verdict, explanation, next.text, action]) expect(text).not.toBe('');
      expect({ name, evidence: evidence.length > 2 }).toEqual({ name, evidence: true });
    }
  });

  it('gives reasons that the catalogue explains', async () => {
    const rows = [...(await world.api.rolloutDevices(night.rolloutId)).values()];
    expect(rows.flatMap(({ reason }) => reason ?? []).filter((reason) => !isReason(reason))).toEqual([]);
  });

  it('never tells a Mac to install what its user has put off', () => {
    expect(told('put off by its user')).toEqual(['InstallLater: download']);
  });

  it('sends what stands still once more, and no more than that', () => {
    expect(told('stalled for ever')).toEqual(['Default: download', 'Default: again']);
    expect(told('stalled until told once more')).toEqual([
      'Default: download',
      'Default: again',
      'InstallASAP: install',
    ]);
  });

  it('falls back to another action once', () => {
    expect(told('takes InstallASAP alone')).toEqual(['InstallLater: refused', 'InstallASAP: download']);
    expect(told('takes no action')).toEqual(['InstallLater: refused', 'InstallASAP: refused']);
  });

  it('asks Macs for major versions with InstallASAP alone, after their configuration item', () => {
    expect(told('behind a configuration item')).toEqual(['InstallASAP: config', 'InstallASAP: download']);
  });

  it('keeps the error chain of a single update, as the device said it', async () => {
    const { timeline } = await world.api.device(device('cannot install').udid);
    expect(timeline.find(({ errorChain }) => errorChain !== undefined)?.errorChain).toMatchObject([
      { ErrorCode: 12062, ErrorDomain: 'MCMDMErrorDomain' },
    ]);
  });

  it('tells nobody anything after the stop time', () => {
    expect(world.fleet.summary({ from: night.opensAt, stopAt: night.stopsAt }).violations.afterStop).toEqual([]);
  });
});
