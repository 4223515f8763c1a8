import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, answerCommand } from './answer-command.ts';
import { Catalog } from './catalog.ts';
import { type Device, newDevice, type World } from './device.ts';
import { type MixInput, parseMix } from './mix.ts';

const HOUR = 3_600_000;
let now: number;
let commands: number;

function world(entry: NonNullable<MixInput['roster']>[number]): World {
  return { seed: 'quirks', mix: parseMix({ roster: [entry] }), catalog: Catalog.sample(), now: () => now };
}

/** One device of the roster, and what it answers to commands. */
function make(entry: Partial<NonNullable<MixInput['roster']>[number]> = {}): {
  device: Device;
  ask: (requestType: string, fields?: Record<string, unknown>) => Answer;
  schedule: (InstallAction: string) => Record<string, unknown>;
} {
  const model = { productName: 'Mac15,12', modelName: 'MacBook Air', board: 'J613AP' };
  const of = world({ platform: 'macOS', model, version: '26.5', build: '25F71', ...entry });
  const device = newDevice(of, 0);
  device.phase = 'enrolled';
  const ask = (requestType: string, fields = {}): Answer => {
    commands += 1;
    return answerCommand(device, of, { uuid: `c${commands}`, requestType, fields, askedAt: now });
  };
  const schedule = (InstallAction: string): Record<string, unknown> => {
    const answer = ask('ScheduleOSUpdate', { Updates: [{ ProductVersion: '26.6.2', InstallAction }] });
    return (answer['UpdateResults'] as Record<string, unknown>[] | undefined)?.[0] ?? answer;
  };
  return { device, ask, schedule };
}
const first = (answer: Answer, key: string): unknown => (answer[key] as unknown[])[0];

beforeEach(() => {
  now = Date.parse('2026-10-01T18:00:00Z');
  commands = 0;
});

describe('a device from the roster', () => {
  it('is what the roster says, and leaves the others as they were', () => {
    const { device } = make({ behaviour: 'mdmError', errorCode: 12063, strikes: 2 });
    expect(device).toMatchObject({ version: '26.5', behaviour: 'mdmError', strikes: 2, errorCode: 12063 });
    const drawn = (mix: MixInput) => newDevice({ seed: 's', mix: parseMix(mix), catalog: Catalog.sample() }, 1);
    expect(drawn({ roster: [{ platform: 'macOS' }] })).toEqual(drawn({}));
  });

  it('misbehaves as often as its strikes last, and works then', () => {
    const { schedule } = make({ behaviour: 'downloadFails', strikes: 1 });
    expect(schedule('InstallASAP')).toMatchObject({ InstallAction: 'Error', Status: 'DownloadFailed' });
    expect(schedule('InstallASAP')).toMatchObject({ InstallAction: 'InstallASAP', Status: 'Downloading' });
  });

  it('answers a repeated ScheduleOSUpdate with what it answered before', () => {
    const { device, ask } = make({ behaviour: 'downloadFails', strikes: 1 });
    const fields = { Updates: [{ ProductVersion: '26.6.2', InstallAction: 'InstallASAP' }] };
    const one = ask('ScheduleOSUpdate', fields);
    commands = 0;
    expect(ask('ScheduleOSUpdate', fields)).toEqual(one);
    expect(device.scheduled).toHaveLength(1);
  });
});

describe('classes of failure', () => {
  it('a Mac shows its installer once it has taken the configuration item and looked again', () => {
    const { ask } = make({ behaviour: 'configData', version: '15.5', build: '24F74' });
    const list = () => {
      ask('ScheduleOSUpdateScan');
      now += HOUR;
      return first(ask('AvailableOSUpdates'), 'AvailableOSUpdates');
    };
    expect(list()).toMatchObject({ ProductKey: '041-14451', IsConfigDataUpdate: true });
    ask('ScheduleOSUpdate', { Updates: [{ ProductKey: '041-14451', InstallAction: 'InstallASAP' }] });
    expect(list()).not.toMatchObject({ IsConfigDataUpdate: true });
  });

  it('a Mac without power takes the update and says Idle at 0 % until it is on power', () => {
    const { ask, schedule } = make({ behaviour: 'waitsForPower', strikes: 2 });
    expect(schedule('InstallASAP')).toMatchObject({ Status: 'Installing' });
    const status = () => {
      now += HOUR / 6;
      return first(ask('OSUpdateStatus'), 'OSUpdateStatus');
    };
    expect(status()).toMatchObject({ Status: 'Idle', DownloadPercentComplete: 0 });
    expect(status()).toMatchObject({ Status: 'Idle', DownloadPercentComplete: 0 });
    expect(status()).not.toMatchObject({ Status: 'Idle' });
  });

  it('a Mac whose user put it off tells when it will install, and installs at once when told again', () => {
    const { device, ask, schedule } = make({ behaviour: 'postpones' });
    schedule('InstallLater');
    now += 2 * HOUR;
    expect(first(ask('OSUpdateStatus'), 'OSUpdateStatus')).toMatchObject({
      IsDownloaded: true,
      DeferralsRemaining: 2,
      NextScheduledInstall: new Date(now + 24 * HOUR),
    });
    schedule('InstallASAP');
    expect(device.update?.state).toBe('installing');
  });

  it('a stalled download goes on once it is told again', () => {
    const { device, schedule } = make({ behaviour: 'stalls', strikes: 1 });
    schedule('InstallASAP');
    now += 5 * HOUR;
    expect(device.update).toMatchObject({ state: 'downloading', downloadedAt: Infinity });
    schedule('InstallASAP');
    expect(device.update!.downloadedAt).toBeLessThan(Infinity);
  });

  it.each([
    ['notAde', 74, 'MDMClientError'],
    ['noBootstrapToken', 7507, 'SUMacControllerError'],
    ['enforced', 12008, 'MCMDMErrorDomain'],
  ] as const)('%s answers error %i of %s', (behaviour, ErrorCode, ErrorDomain) => {
    expect(make({ behaviour }).schedule('InstallASAP')['ErrorChain']).toMatchObject([{ ErrorCode, ErrorDomain }]);
  });
});
