import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from './apns/push-pki.ts';
import type { Device } from './device/device.ts';
import { startFleet } from './index.ts';
import type { FleetHandle, FleetOptions } from './index.ts';
import { newPki } from './pki/pki-directory.ts';
import { MdmServer } from './testing/mdm-server.ts';
import { until } from './testing/until.ts';

const pki = newPki(topicOf('lamplighter'));
const FACTOR = 3600; // a second is an hour
const HOUR = 3_600_000;
const NEVER_AGAIN = Math.floor(Date.UTC(2040, 0) / 1000);

let server: MdmServer;
let handle: FleetHandle;

beforeEach(async () => {
  server = new MdmServer(pki);
  await server.listen();
});

afterEach(async () => {
  await handle.stop();
  await server.close();
});

async function start(mix: Record<string, unknown>, more: Partial<FleetOptions> = {}): Promise<Device> {
  handle = await startFleet({
    server: server.url,
    serverCa: server.ca,
    devices: 1,
    pki,
    mix: { clientCertificates: 0, behaviours: {}, ...mix },
    clock: `scaled:${Date.now()}:${Date.UTC(2026, 9, 1)}:${FACTOR}`,
    enrollRate: 1000,
    ...more,
  });
  await handle.enrolled();
  return handle.fleet.devices[0]!;
}

/** Queues a command, wakes the device, and waits for the answer that completes it. */
async function command(device: Device, dict: Record<string, unknown>): Promise<Record<string, unknown>> {
  const uuid = server.enqueue(device.udid, dict as never);
  const done = () => server.answers(uuid).find(({ what }) => what !== 'NotNow');
  await server.wake(handle.apnsUrl, device.udid);
  await until(`${String(dict['RequestType'])} is answered`, () => done() !== undefined);
  return done()!.body;
}

const updateStatus = async (device: Device): Promise<Record<string, unknown> | undefined> => {
  const answer = await command(device, { RequestType: 'OSUpdateStatus' });
  return (answer['OSUpdateStatus'] as Record<string, unknown>[])[0];
};

const schedule = (device: Device, key: string, action: string): Promise<Record<string, unknown>> =>
  command(device, { RequestType: 'ScheduleOSUpdate', Updates: [{ ProductKey: key, InstallAction: action }] });

const results = (answer: Record<string, unknown>): Record<string, unknown> =>
  (answer['UpdateResults'] as Record<string, unknown>[])[0]!;

async function offers(device: Device): Promise<Record<string, unknown>[]> {
  const answer = await command(device, { RequestType: 'AvailableOSUpdates' });
  return answer['AvailableOSUpdates'] as Record<string, unknown>[];
}

describe('a simulated Mac that enrolled', () => {
  const said = () => server.received.map(({ what, body }) => [what, body['UserID'] !== undefined]);

  it('escrows a bootstrap token, and opens the channel of its user where it has one', async () => {
    await start({ platforms: { macOS: 1 }, userChannels: 1 });
    expect(said()).toEqual([
      ['Authenticate', false],
      ['TokenUpdate', false],
      ['SetBootstrapToken', false],
      ['UserAuthenticate', true],
      ['TokenUpdate', true],
    ]);
    expect(server.received[2]!.body['BootstrapToken']).toHaveLength(32);
    const [asked, opened] = server.received.slice(3).map(({ body }) => body['UserID']);
    expect(asked).toBe(opened);
  });

  it('leaves its user alone where the server does not manage it', async () => {
    server.refuse = ({ what }) => (what === 'UserAuthenticate' ? { status: 410 } : undefined);
    const device = await start({ platforms: { macOS: 1 }, userChannels: 1, bootstrapTokens: 0 });
    expect(said().map(([what]) => what)).toEqual(['Authenticate', 'TokenUpdate', 'UserAuthenticate']);
    expect(device.phase).toBe('enrolled');
  });
});

describe('a simulated iPhone', () => {
  it('enrolls, is woken by a push, and answers exactly the queries that it was asked', async () => {
    const device = await start({ platforms: { iOS: 1 } });
    expect(server.received.map(({ what, identity }) => `${what} ${identity}`)).toEqual([
      'Authenticate signature',
      'TokenUpdate signature',
    ]);
    const answer = await command(device, {
      RequestType: 'DeviceInformation',
      Queries: ['OSVersion', 'TimeZone', 'ProductName', 'NoSuchQuery'],
    });
    expect(answer['QueryResponses']).toEqual({
      OSVersion: device.version,
      TimeZone: device.zone,
      ProductName: device.model.productName,
    });
  });

  it('downloads on the first ScheduleOSUpdate and installs on the second', async () => {
    const device = await start({ platforms: { iOS: 1 } });
    const [offer] = await offers(device);
    const key = String(offer!['ProductKey']);
    expect(results(await schedule(device, key, 'InstallASAP'))).toMatchObject({ InstallAction: 'Error' });
    expect(results(await schedule(device, key, 'Default'))).toMatchObject({ Status: 'Downloading' });
    await until('the download is complete', () => handle.summary().states['downloaded'] === 1);
    expect(await updateStatus(device)).toEqual({
      ProductKey: key,
      IsDownloaded: true,
      DownloadPercentComplete: 1,
      Status: 'Idle',
    });
    expect(results(await schedule(device, key, 'Default'))).toMatchObject({ Status: 'Installing' });
    await until('the update is installed', () => handle.summary().totals.updated === 1);
    expect(device.version).toBe(offer!['Version']);
    expect(device.scheduled.map(({ outcome }) => outcome)).toEqual(['refused', 'download', 'install']);
    expect(handle.summary().violations).toEqual({ missed: [], twice: [], afterStop: [] });
  });

  it('reports a step that it is told to do again under another CommandUUID', async () => {
    const device = await start({ platforms: { iOS: 1 }, settings: { bandwidthMbit: [0.5, 0.5] } });
    const key = String((await offers(device))[0]!['ProductKey']);
    await schedule(device, key, 'Default');
    const second = results(await schedule(device, key, 'Default'));
    expect(second['ErrorChain']).toMatchObject([{ ErrorCode: 12051, ErrorDomain: 'MCMDMErrorDomain' }]);
    expect(handle.summary().violations.twice).toEqual([device.udid]);
  });

  it('answers Error 12021 to a request type that it does not know', async () => {
    const device = await start({ platforms: { iOS: 1 } });
    const answer = await command(device, { RequestType: 'ScheduleOSUpdateScan' });
    expect(answer).toMatchObject({ Status: 'Error', ErrorChain: [{ ErrorCode: 12021 }] });
  });
});

describe('a simulated Mac', () => {
  it('lists nothing before a scan, then downloads, installs and restarts by itself', async () => {
    const device = await start({ platforms: { macOS: 1 }, settings: { restartMs: [3 * HOUR, 3 * HOUR] } });
    expect(await offers(device)).toEqual([]);
    await command(device, { RequestType: 'ScheduleOSUpdateScan', Force: true });
    await until('the scan has ended', () => device.scannedAt < handle.fleet.world.now());
    const [offer] = await offers(device);
    const key = String(offer!['ProductKey']);
    expect(results(await schedule(device, key, 'InstallASAP'))).toMatchObject({
      InstallAction: 'InstallASAP',
      Status: 'Downloading',
    });
    await until('the Mac restarts', () => handle.summary().states['restarting'] === 1);
    // Stored by the push service until the Mac is back.
    const uuid = server.enqueue(device.udid, { RequestType: 'OSUpdateStatus' });
    expect(await server.wake(handle.apnsUrl, device.udid, NEVER_AGAIN)).toBe(200);
    await until('the Mac is back', () => server.answers(uuid).length === 1);
    expect(server.answers(uuid)[0]!.body['OSUpdateStatus']).toEqual([]);
    expect(device.version).toBe(handle.fleet.world.catalog.newest(device.model)!.version);
    expect(device.scheduled.map(({ outcome }) => outcome)).toEqual(['download']);
  });

  it('never tells a time zone, and names its board for the release feed', async () => {
    const device = await start({ platforms: { macOS: 1 } });
    const queries = ['TimeZone', 'SoftwareUpdateDeviceID'];
    const answer = await command(device, { RequestType: 'DeviceInformation', Queries: queries });
    expect(answer['QueryResponses']).toEqual({ SoftwareUpdateDeviceID: device.model.board });
  });

  it('identifies by a TLS client certificate when the mix says so', async () => {
    const device = await start({ platforms: { macOS: 1 }, clientCertificates: 1 });
    await command(device, { RequestType: 'OSUpdateStatus' });
    expect(new Set(server.received.map(({ identity }) => identity))).toEqual(new Set(['certificate']));
  });
});

describe('behaviours', () => {
  const always = (behaviour: string, settings: Record<string, unknown> = {}): Record<string, unknown> => ({
    platforms: { iOS: 1 },
    behaviours: { [behaviour]: 1 },
    settings,
  });

  it('polls by itself after NotNow until it does what it was told', async () => {
    const device = await start(always('notNow', { notNowTimes: [2, 2] }));
    const uuid = server.enqueue(device.udid, { RequestType: 'AvailableOSUpdates' });
    await server.wake(handle.apnsUrl, device.udid);
    await until('the command is done', () => server.answers(uuid).length === 3);
    expect(server.answers(uuid).map(({ what }) => what)).toEqual([
      'NotNow',
      'NotNow',
      expect.stringMatching(/Ack|Error/),
    ]);
    expect(handle.apns.counts.pushes).toBe(1);
  });

  it('waits for a push when NotNow was not its last word', async () => {
    const device = await start(always('notNow', { notNowTimes: [1, 1] }));
    server.afterNotNow = true;
    const delayed = server.enqueue(device.udid, { RequestType: 'AvailableOSUpdates' });
    server.enqueue(device.udid, { RequestType: 'SecurityInfo' });
    server.refuse = ({ what }) => {
      if (what === 'Acknowledged') server.withdraw(device.udid);
      return undefined;
    };
    await server.wake(handle.apnsUrl, device.udid);
    await until('the session is over', () => server.of(device.udid, 'Acknowledged').length === 1 && !device.busy);
    expect(server.answers(delayed).map(({ what }) => what)).toEqual(['NotNow']);
    expect(device.wakeAt).toBe(Infinity);
  });

  it('sends every answer twice but does a ScheduleOSUpdate once', async () => {
    const device = await start(always('duplicateAnswers'));
    const version = handle.fleet.world.catalog.newest(device.model)!.version;
    await command(device, {
      RequestType: 'ScheduleOSUpdate',
      Updates: [{ ProductVersion: version, InstallAction: 'Default' }],
    });
    await until('both answers are there', () => server.of(device.udid, 'Acknowledged').length === 2);
    expect(device.scheduled.map(({ outcome }) => outcome)).toEqual(['download']);
  });

  it('gives the same answer to a CommandUUID that comes again, and does it once', async () => {
    const device = await start(always('normal'));
    const version = handle.fleet.world.catalog.newest(device.model)!.version;
    const dict = { RequestType: 'ScheduleOSUpdate', Updates: [{ ProductVersion: version, InstallAction: 'Default' }] };
    for (const times of [1, 2]) {
      server.enqueue(device.udid, dict, 'the-same');
      await server.wake(handle.apnsUrl, device.udid);
      await until('the answer is there', () => server.answers('the-same').length === times && !device.busy);
    }
    const [first, second] = server.answers('the-same');
    expect(second!.body).toEqual(first!.body);
    expect(device.scheduled).toHaveLength(1);
  });

  it.each([1, 2])('keeps its answer when the line drops (%i times) and delivers it later', async (times) => {
    const device = await start(always('dropConnection', { dropTimes: [times, times] }));
    const version = handle.fleet.world.catalog.newest(device.model)!.version;
    const dict = { RequestType: 'ScheduleOSUpdate', Updates: [{ ProductVersion: version, InstallAction: 'Default' }] };
    const uuid = server.enqueue(device.udid, dict);
    await server.wake(handle.apnsUrl, device.udid);
    await until(
      'the answer is taken',
      () => handle.fleet.sessions.counts.retries === times && !device.busy && !device.cached,
    );
    expect(server.answers(uuid).length).toBeGreaterThanOrEqual(times);
    expect(device.scheduled.map(({ outcome }) => outcome)).toEqual(['download']);
  });

  it('keeps its answer when the server fails, and stops for good when it is not recognized', async () => {
    const device = await start(always('normal'));
    let failures = 1;
    server.refuse = ({ what }) => (what === 'Acknowledged' && failures-- > 0 ? { status: 503 } : undefined);
    const uuid = server.enqueue(device.udid, { RequestType: 'SecurityInfo' });
    await server.wake(handle.apnsUrl, device.udid);
    await until('the answer came again', () => server.answers(uuid).length === 2 && !device.busy);
    expect(server.answers(uuid).map((one) => one.status)).toEqual([503, 200]);
    server.refuse = () => ({ status: 403, body: '{"code":"com.apple.unrecognized.device"}' });
    await server.wake(handle.apnsUrl, device.udid);
    await until('it stops', () => device.phase === 'unrecognized');
    expect(await server.wake(handle.apnsUrl, device.udid)).toBe(410);
  });

  it('counts a 401, which removes the enrollment, as the grave error that it is', async () => {
    const device = await start(always('normal'));
    server.refuse = () => ({ status: 401 });
    await server.wake(handle.apnsUrl, device.udid);
    await until('it unenrolls', () => device.phase === 'unenrolled');
    expect(handle.summary().sessions.unauthorized).toBe(1);
  });

  it('enrolls anew with a new token and identity, and its old token is unregistered', async () => {
    const device = await start(always('reEnroll'));
    const old = server.push.get(device.udid)!;
    await until('it enrolls again', () => server.of(device.udid, 'TokenUpdate').length === 2 && !device.busy);
    expect(server.push.get(device.udid)).not.toEqual(old);
    server.push.set(device.udid, old);
    expect(await server.wake(handle.apnsUrl, device.udid)).toBe(410);
  });

  it('checks out when it leaves', async () => {
    const device = await start(always('leaves'));
    await until('it leaves', () => device.phase === 'left');
    expect(server.of(device.udid, 'CheckOut')).toHaveLength(1);
  });

  it('is away and collects the stored push when it comes back', async () => {
    const device = await start(always('offline', { offlineNeverShare: 0, offlineForMs: [3 * HOUR, 4 * HOUR] }));
    const uuid = server.enqueue(device.udid, { RequestType: 'SecurityInfo' });
    await server.wake(handle.apnsUrl, device.udid, NEVER_AGAIN);
    expect(handle.apns.store.waiting).toBe(1);
    await until('it is back', () => server.answers(uuid).length === 1);
  });

  it('never comes back when it is offline for good, and is not counted as reachable', async () => {
    await start(always('offline', { offlineNeverShare: 1 }));
    expect(handle.summary().totals).toMatchObject({ reachable: 0, targeted: 1 });
    expect(handle.summary().violations.missed).toEqual([]);
  });

  it('stays silent after its restart', async () => {
    const device = await start(always('silentAfterRestart'));
    const key = String((await offers(device))[0]!['ProductKey']);
    await schedule(device, key, 'Default');
    await until('the download is complete', () => handle.summary().states['downloaded'] === 1);
    await schedule(device, key, 'Default');
    await until('the update is installed', () => handle.summary().totals.updated === 1);
    await server.wake(handle.apnsUrl, device.udid, NEVER_AGAIN);
    expect(handle.apns.store.waiting).toBe(1);
  });

  it.each([
    ['noDisk', 'DownloadInsufficientSpace', 12054],
    ['errorChain', undefined, undefined],
  ])('answers ScheduleOSUpdate with the error of %s', async (behaviour, status, code) => {
    const device = await start(always(behaviour));
    const version = handle.fleet.world.catalog.newest(device.model)!.version;
    const answer = await command(device, {
      RequestType: 'ScheduleOSUpdate',
      Updates: [{ ProductVersion: version, InstallAction: 'Default' }],
    });
    if (status === undefined)
      expect(answer).toMatchObject({ Status: 'Error', ErrorChain: [{ ErrorCode: expect.any(Number) }] });
    else
      expect(results(answer)).toMatchObject({
        InstallAction: 'Error',
        Status: status,
        ErrorChain: [{ ErrorCode: code }],
      });
    expect(device.update).toBeUndefined();
  });
});

describe('the stop time', () => {
  it('names a device that asked for and got a ScheduleOSUpdate after it', async () => {
    const device = await start({ platforms: { iOS: 1 } });
    const stopAt = handle.fleet.world.now();
    const key = String((await offers(device))[0]!['ProductKey']);
    await schedule(device, key, 'Default');
    expect(handle.summary({ stopAt }).violations.afterStop).toEqual([device.udid]);
    expect(handle.summary({ stopAt: handle.fleet.world.now() }).violations.afterStop).toEqual([]);
  });
});
