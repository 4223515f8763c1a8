import { between, pick, seededBytes, seededRandom, weighted } from '../random.ts';
import type { Random } from '../random.ts';
import { MODELS, PLATFORMS, START_VERSIONS } from './catalog.ts';
import type { Catalog, Model, OsVersion, Platform, Release } from './catalog.ts';
import { BEHAVIOURS } from './mix.ts';
import type { Behaviour, Mix } from './mix.ts';
import { compareOsVersions } from '@lamplighter/apple';

/** What all devices of a fleet share. */
export interface World {
  readonly seed: string;
  readonly mix: Mix;
  readonly catalog: Catalog;
  /** Epoch milliseconds on the fleet's clock. */
  now(): number;
}

export type Phase = 'new' | 'enrolled' | 'left' | 'unrecognized' | 'unenrolled';

/** An update that runs. Times in epoch milliseconds; each state lasts until its end. */
export interface RunningUpdate {
  readonly release: Release;
  readonly productKey: string;
  state: 'downloading' | 'downloaded' | 'installing' | 'restarting';
  /** Goes on to installing by itself. */
  installs: boolean;
  readonly startedAt: number;
  readonly downloadedAt: number;
  installedAt: number;
  restartedAt: number;
}

/** One ScheduleOSUpdate that reached a device. */
export interface Scheduled {
  readonly commandUuid: string;
  readonly action: string;
  readonly productKey: string;
  /** When the device executed it. */
  readonly at: number;
  /** When the device asked for work and got this command: what counts against a stop time. */
  readonly askedAt: number;
  /** `download` or `install` that it started; `again` when that step ran or was done already; else what refused it. */
  readonly outcome: 'download' | 'install' | 'again' | 'refused' | 'error' | 'notNow';
  /** The answer's fields; a repeated CommandUUID gets them again. Absent for notNow. */
  readonly answer?: Readonly<Record<string, unknown>> | undefined;
}

/** An answer that the server has not taken yet. */
export interface CachedAnswer {
  readonly body: string;
  readonly attempts: number;
  readonly retryAt: number;
}

export interface Device {
  readonly index: number;
  readonly udid: string;
  readonly model: Model;
  readonly zone: string;
  readonly behaviour: Behaviour;
  readonly usesClientCertificate: boolean;
  readonly initialVersion: string;
  version: string;
  build: string;
  phase: Phase;
  /** Counts enrollments; token, PushMagic and identity follow from it. */
  generation: number;
  /** When the token of the generation before was replaced, or the device left. */
  unregisteredAt: number;
  /** DER of the identity of this generation, a byte a character: a small Buffer would keep a whole slab of Node's pool. */
  certificate: string | undefined;
  /** Away in [offlineFrom, offlineUntil). */
  offlineFrom: number;
  offlineUntil: number;
  /** When its behaviour acts next (re-enrollment, leaving); Infinity for never. */
  actsAt: number;
  /** How often its behaviour strikes still. */
  strikes: number;
  update: RunningUpdate | undefined;
  /** When the last scan ends or ended; Infinity before the first. */
  scannedAt: number;
  /** A session runs. */
  busy: boolean;
  pushed: boolean;
  /** When it connects (or enrolls) by itself or after a push; Infinity for never. */
  wakeAt: number;
  /** When the fleet's wheel looks at it next. */
  plannedAt: number;
  cached: CachedAnswer | undefined;
  scheduled: Scheduled[];
  installedAt: number;
}

function startVersion(random: Random, catalog: Catalog, model: Model, behaviour: Behaviour): OsVersion {
  const newest = catalog.newest(model);
  if (newest && behaviour === 'upToDate') return newest;
  const fits = START_VERSIONS[model.platform].filter(
    ({ version }) =>
      compareOsVersions(version, model.since) >= 0 && (!newest || compareOsVersions(version, newest.version) < 0),
  );
  if (fits.length > 0) return pick(random, fits);
  return newest ?? START_VERSIONS[model.platform].at(-1)!;
}

function strikesOf(random: Random, behaviour: Behaviour, { settings }: Mix): number {
  const ranges: Partial<Record<Behaviour, readonly [number, number]>> = {
    notNow: settings.notNowTimes,
    errorChain: settings.errorTimes,
    noDisk: settings.noDiskTimes,
    noPower: settings.noPowerTimes,
    dropConnection: settings.dropTimes,
  };
  const range = ranges[behaviour];
  return range ? Math.floor(between(random, range[0], range[1] + 1)) : 0;
}

function behaviourOf(random: Random, mix: Mix): Behaviour {
  let left = random();
  for (const behaviour of BEHAVIOURS) {
    left -= mix.behaviours[behaviour] ?? 0;
    if (left < 0) return behaviour;
  }
  return 'normal';
}

function udidOf(seed: string, index: number, model: Model): string {
  const hex = seededBytes(seed, 'udid', index).toString('hex', 0, 16).toUpperCase();
  if (model.platform !== 'macOS' && compareOsVersions(model.since, '14') >= 0)
    return `0000${hex.slice(0, 4)}-${hex.slice(4, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A device as it leaves the shop; the same for the same seed, index, mix and catalog. */
export function newDevice(world: Omit<World, 'now'>, index: number): Device {
  const { seed, mix, catalog } = world;
  const random = seededRandom(seed, 'device', index);
  const platform = weighted<Platform>(
    random,
    PLATFORMS.map((one) => [one, mix.platforms[one]] as const),
  );
  const models = MODELS.filter((one) => one.platform === platform && catalog.newest(one) !== undefined);
  const model = weighted(
    random,
    models.map((one) => [one, one.weight] as const),
  );
  const behaviour = behaviourOf(random, mix);
  const start = startVersion(random, catalog, model, behaviour);
  return {
    index,
    udid: udidOf(seed, index, model),
    model,
    zone: weighted(random, Object.entries(mix.zones)),
    behaviour,
    usesClientCertificate: random() < mix.clientCertificates,
    initialVersion: start.version,
    version: start.version,
    build: start.build,
    phase: 'new',
    generation: 0,
    unregisteredAt: 0,
    certificate: undefined,
    offlineFrom: Infinity,
    offlineUntil: Infinity,
    actsAt: Infinity,
    strikes: strikesOf(random, behaviour, mix),
    update: undefined,
    scannedAt: Infinity,
    busy: false,
    pushed: false,
    wakeAt: Infinity,
    plannedAt: Infinity,
    cached: undefined,
    scheduled: [],
    installedAt: 0,
  };
}

/** Enrolled, switched on and on the network. */
export function isOnline(device: Device, now: number): boolean {
  const away = now >= device.offlineFrom && now < device.offlineUntil;
  return device.phase === 'enrolled' && !away && device.update?.state !== 'restarting';
}

export const serialOf = (device: Device): string => `S${device.udid.replaceAll('-', '').slice(-11)}`;
export const nameOf = (device: Device): string => `${device.model.modelName} ${device.index}`;
