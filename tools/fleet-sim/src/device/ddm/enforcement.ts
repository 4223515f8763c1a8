import { compareOsVersions } from '@lamplighter/apple';
import { between, seededRandom } from '../../random.ts';
import type { Behaviour } from '../behaviours.ts';
import type { Release } from '../catalog.ts';
import type { Device, World } from '../device.ts';
import { startDownload, startInstall } from '../os-update.ts';
import { strikes } from '../strikes.ts';
import type { Ddm, Enforcement } from './ddm.ts';
import { instantOf } from './local-time.ts';
import { ENFORCEMENT } from './standing.ts';
import type { Standing } from './standing.ts';

const LAST_RETRY = 5;

/** What keeps devices of these behaviours from downloading, and from installing, in their own words. */
const NO_DOWNLOAD: Readonly<Partial<Record<Behaviour, string>>> = {
  noDisk: 'There is not enough free space for the update.',
  noNetwork: 'The network connection was lost.',
  errorChain: 'The download of the update failed.',
  downloadFails: 'The download of the update failed.',
};
const NO_INSTALLATION: Readonly<Partial<Record<Behaviour, string>>> = {
  noPower: 'The battery is too low to install the update.',
  installFails: 'The installation of the update failed.',
  onCall: 'A phone call is in progress.',
};

/** Follows the declarations that are active now: begins, changes or drops the enforcement. Returns whether anything changed. */
export function follow(device: Device, world: World, ddm: Ddm, active: readonly Standing[]): boolean {
  const wanted = earliest(device, active);
  const held = ddm.enforcement;
  if (held?.declaration === wanted?.declaration) return false;
  if (held?.state === 'installing') return false; // nothing stops it now; what else is wanted comes after it
  if (device.update?.release.version !== wanted?.version && isRevocable(device)) device.update = undefined;
  ddm.failure = undefined;
  ddm.enforcement = wanted && begin(device, world, wanted);
  if (wanted) device.enforced += 1;
  return true;
}

const isRevocable = ({ update }: Device): boolean => update?.state === 'downloading' || update?.state === 'downloaded';

type Wanted = Pick<Enforcement, 'declaration' | 'version' | 'build' | 'local' | 'deadline'>;

function earliest(device: Device, active: readonly Standing[]): Wanted | undefined {
  return active
    .filter((one) => one.active && one.declaration.type === ENFORCEMENT)
    .map(({ declaration }) => {
      const { TargetOSVersion, TargetBuildVersion, TargetLocalDateTime } = declaration.payload as Record<
        string,
        string
      >;
      const local = TargetLocalDateTime!;
      const deadline = instantOf(local, device.zone);
      return { declaration, version: TargetOSVersion!, build: TargetBuildVersion, local, deadline };
    })
    .toSorted((a, b) => a.deadline - b.deadline || compareOsVersions(a.version, b.version))
    .at(0);
}

function begin(device: Device, world: World, wanted: Wanted): Enforcement {
  const now = world.now();
  const random = seededRandom(world.seed, 'enforcement', device.index, wanted.declaration.serverToken);
  const actsAt = now + between(random, ...world.mix.settings.enforcedDownloadMs);
  return { ...wanted, state: 'waiting', actsAt: Math.max(now, Math.min(actsAt, wanted.deadline)), missed: false };
}

/**
 * Takes one step of the enforcement if it is due. Returns when it was due; undefined where nothing was. A device that is off does
 * nothing, and an hour or so after it is on again what it has missed.
 */
export function step(device: Device, world: World, ddm: Ddm): number | undefined {
  const held = ddm.enforcement;
  if (!held) return undefined;
  if (held.state === 'downloading' || held.state === 'installing') return afterUpdate(device, ddm, held);
  const at = held.actsAt;
  const now = world.now();
  if (at > now) return undefined;
  if (held.state === 'prepared' && !held.missed && strikes(device, 'offAtDeadline')) switchOff(device, world, now);
  if (now >= device.offlineFrom && now < device.offlineUntil) {
    held.missed = true;
    return undefined;
  }
  if (held.missed) {
    const random = seededRandom(world.seed, 'late', device.index, held.declaration.serverToken);
    held.actsAt = now + between(random, ...world.mix.settings.enforcedLateMs);
    held.missed = false;
    return undefined;
  }
  if (held.state === 'prepared') install(device, world, ddm, at);
  else search(device, world, ddm, at);
  return at;
}

function switchOff(device: Device, world: World, now: number): void {
  const random = seededRandom(world.seed, 'off', device.index, device.strikes);
  device.offlineFrom = now;
  device.offlineUntil = device.offlineFrom + between(random, ...world.mix.settings.offlineForMs);
}

/** When the enforcement goes on by itself; Infinity for never, and for a device that is off. */
export function changesAt(held: Enforcement | undefined): number {
  return held === undefined || held.missed ? Infinity : held.actsAt;
}

/** The download is complete, or the device is back with its new OS. */
function afterUpdate(device: Device, ddm: Ddm, held: Enforcement): number | undefined {
  if (held.state === 'downloading' && device.update?.state === 'downloaded') {
    held.state = 'prepared';
    held.actsAt = Math.max(held.deadline, device.update.downloadedAt);
    return device.update.downloadedAt;
  }
  if (device.update) return undefined;
  ddm.enforcement = undefined;
  ddm.failure = undefined;
  return device.installedAt;
}

/** Looks for the update, and begins its download. */
function search(device: Device, world: World, ddm: Ddm, at: number): void {
  const held = ddm.enforcement!;
  if (device.update && !isRevocable(device)) {
    held.actsAt = device.update.restartedAt; // one that a command began
    return;
  }
  const found = find(device, world, held);
  if (typeof found === 'string') return fail(world, ddm, at, found);
  const why = NO_DOWNLOAD[device.behaviour];
  if (why !== undefined && strikes(device, device.behaviour)) return fail(world, ddm, at, why);
  if (device.update?.release.version !== found.version) startDownload(device, world, found, { installs: false, at });
  held.state = 'downloading';
  held.actsAt = Infinity;
}

function find(device: Device, world: World, { version, build }: Enforcement): Release | string {
  const release = world.catalog.forModel(device.model).find((one) => compareOsVersions(one.version, version) === 0);
  if (!release) return `The update ${version} is not available for this device.`;
  const builds = world.catalog.buildsOf(device.model, release.version);
  if (build === undefined) return withImprovement(world, device, release);
  if (builds.includes(build)) return { ...release, build };
  const supplement = world.catalog
    .improvementsOf(device.model, { version: release.version, build: device.build })
    .find((one) => one.build === build);
  if (supplement && release.version === device.version) return { ...release, build: device.build, supplement };
  return `The build ${build} is not one of version ${version}.`;
}

/** From iOS 18 and macOS 15 on the version alone brings its newest improvement too. */
function withImprovement(world: World, device: Device, release: Release): Release {
  const since = device.model.platform === 'macOS' ? '15' : '18';
  const [supplement] = world.catalog.improvementsOf(device.model, release).slice(-1);
  return supplement && compareOsVersions(device.version, since) >= 0 ? { ...release, supplement } : release;
}

function install(device: Device, world: World, ddm: Ddm, at: number): void {
  const why = NO_INSTALLATION[device.behaviour];
  if (why !== undefined && strikes(device, device.behaviour)) return fail(world, ddm, at, why);
  const held = ddm.enforcement!;
  held.state = 'installing';
  held.actsAt = Infinity;
  if (device.update) startInstall(device, world, device.update, at);
}

function fail(world: World, ddm: Ddm, at: number, reason: string): void {
  const held = ddm.enforcement!;
  const count = (ddm.failure?.count ?? 0) + 1;
  ddm.failure = { count, reason, at };
  held.state = 'failed';
  const random = seededRandom(world.seed, 'retry', held.declaration.serverToken, count);
  const wait = between(random, ...world.mix.settings.enforcedRetryMs) * 2 ** Math.min(count - 1, LAST_RETRY);
  held.actsAt = at + wait;
}
