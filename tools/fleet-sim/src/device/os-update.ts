import { between, seededRandom } from '../random.ts';
import { isMajorUpdate } from './catalog.ts';
import type { Release } from './catalog.ts';
import type { Device, RunningUpdate, World } from './device.ts';

const MAC = 'macOS';

/** The key under which a device offers a release. */
export function productKey(device: Device, release: Release): string {
  if (device.model.platform !== MAC) {
    return `${device.model.platform === 'tvOS' ? 'tvOSUpdate' : 'iOSUpdate'}${release.build}`;
  }
  return isMajorUpdate(device.version, release.version)
    ? `_OSX_${release.build}`
    : `MSU_UPDATE_${release.build}_patch_${release.version}_minor`;
}

/** Bytes; the same for every device of a model and release. */
export function downloadSize(device: Device, release: Release): number {
  const major = isMajorUpdate(device.version, release.version);
  const gigabytes = device.model.platform === MAC ? (major ? 13 : 3.5) : major ? 7 : 1.2;
  return Math.round((gigabytes + (Number.parseInt(release.build, 10) % 7) / 10) * 1e9);
}

/** What the device would list now. A Mac lists nothing before a scan has ended. */
export function availableUpdates(device: Device, world: World): Release[] {
  if (device.model.platform === MAC && !(device.scannedAt <= world.now())) return [];
  return world.catalog.updates(device.model, device.version);
}

/** The release that an Updates item means, by ProductKey, else by ProductVersion. */
export function findRelease(
  device: Device,
  world: World,
  wanted: { key?: string; version?: string },
): Release | undefined {
  const running = device.update?.release;
  const offered = world.catalog.updates(device.model, device.version);
  const candidates = running ? [running, ...offered] : offered;
  return candidates.find((release) =>
    wanted.key === undefined ? release.version === wanted.version : productKey(device, release) === wanted.key,
  );
}

/** Begins the download, at `at` (default now). `installs`: goes on to install by itself. */
export function startDownload(
  device: Device,
  world: World,
  release: Release,
  { installs, at = world.now() }: { installs: boolean; at?: number },
): void {
  const { settings } = world.mix;
  const random = seededRandom(world.seed, 'download', device.index, release.version, device.scheduled.length);
  const bytesPerMs = (between(random, ...settings.bandwidthMbit) * 1e6) / 8 / 1000;
  const slower = device.behaviour === 'slowDownload' ? settings.slowFactor : 1;
  device.update = {
    release,
    productKey: productKey(device, release),
    state: 'downloading',
    installs,
    startedAt: at,
    downloadedAt: at + (downloadSize(device, release) / bytesPerMs) * slower,
    installedAt: Infinity,
    restartedAt: Infinity,
  };
}

/** Begins to install what is downloaded, at `at`. */
export function startInstall(device: Device, world: World, update: RunningUpdate, at: number): void {
  const { settings } = world.mix;
  const random = seededRandom(world.seed, 'install', device.index, update.release.version);
  update.state = 'installing';
  update.installs = true;
  update.installedAt = at + between(random, ...settings.installMs);
  update.restartedAt = update.installedAt + between(random, ...settings.restartMs);
}

function finish(device: Device, world: World, update: RunningUpdate): void {
  device.version = update.release.version;
  device.build = update.release.build;
  device.supplement = update.release.supplement;
  device.installedAt = update.restartedAt;
  device.update = undefined;
  device.scannedAt = Infinity;
  if (device.behaviour !== 'silentAfterRestart') return;
  const random = seededRandom(world.seed, 'silence', device.index);
  device.offlineFrom = update.restartedAt;
  device.offlineUntil = update.restartedAt + between(random, ...world.mix.settings.silentForMs);
}

/** Brings the device's update up to `world.now()`, through as many states as have passed. */
export function advanceUpdate(device: Device, world: World): void {
  const now = world.now();
  const update = device.update;
  if (!update) return;
  if (update.state === 'downloading' && update.downloadedAt <= now) {
    update.state = 'downloaded';
    if (update.installs) startInstall(device, world, update, update.downloadedAt);
  }
  if (update.state === 'installing' && update.installedAt <= now) update.state = 'restarting';
  if (update.state === 'restarting' && update.restartedAt <= now) finish(device, world, update);
}

/** When `advanceUpdate` has something to do next; Infinity for never. */
export function updateChangesAt(device: Device): number {
  const update = device.update;
  if (!update) return Infinity;
  const ends = {
    downloading: update.downloadedAt,
    downloaded: Infinity,
    installing: update.installedAt,
    restarting: update.restartedAt,
  };
  return ends[update.state];
}

/** 0 to 1. */
export function downloaded(update: RunningUpdate, now: number): number {
  const share = (now - update.startedAt) / (update.downloadedAt - update.startedAt);
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}
