import { between, pick, seededBytes, seededRandom, weighted } from '../random.ts';
import type { Random } from '../random.ts';
import { MODELS, PLATFORMS, START_VERSIONS } from './catalog.ts';
import type { Catalog, Model, OsVersion, Platform, Release, Supplement } from './catalog.ts';
import type { Ddm } from './ddm/ddm.ts';
import { BEHAVIOURS } from './mix.ts';
import type { Behaviour, Mix } from './mix.ts';
import { modelOf, type RosterEntry } from './roster.ts';
import { compareOsVersions } from '@lamplighter/apple';

/** What all devices of a fleet share. */
export interface World {
  readonly seed: string;
  readonly mix: Mix;
  readonly catalog: Catalog;
  /** Epoch milliseconds on the fleet's clock; the same for all that is done in one go. */
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
  /**
   * `download` or `install` that it started; `again` when that step ran or was done already; `config` for the configuration item of a
   * Mac; else what refused it.
   */
  readonly outcome: 'download' | 'install' | 'again' | 'refused' | 'error' | 'notNow' | 'config';
  /** The answer's fields; a repeated CommandUUID gets them again. Absent for notNow. */
  readonly answer?: Readonly<Record<string, unknown>> | undefined;
}

/** An answer that the server has not taken yet. */
export interface CachedAnswer {
  readonly body: string;
  readonly attempts: number;
  readonly retryAt: number;
}

export interface UserChannel {
  ddm: Ddm | undefined;
  /** When it connects; Infinity for never. */
  wakeAt: number;
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
  /** The security improvement on top of it. */
  supplement: Supplement | undefined;
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
  /** Of `mdmError`. */
  readonly errorCode: number;
  /** Of `configData`: a Mac shows its installer once it has taken the configuration item and looked again. */
  installer: 'held' | 'taken' | 'offered';
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
  /** Undefined until the server enables declarative management. */
  ddm: Ddm | undefined;
  /** The channel of its user; undefined until somebody who is managed has logged in. */
  user: UserChannel | undefined;
  /** How often a declaration began to enforce an update. */
  enforced: number;
}

function startVersion(
  random: Random,
  { catalog, mix }: Omit<World, 'now'>,
  model: Model,
  behaviour: Behaviour,
): OsVersion {
  const newest = catalog.newest(model);
  if (newest && behaviour === 'upToDate') return newest;
  const fits = (mix.startVersions[model.platform] ?? START_VERSIONS[model.platform]).filter(
    ({ version }) =>
      compareOsVersions(version, model.since) >= 0 && (!newest || compareOsVersions(version, newest.version) < 0),
  );
  if (fits.length > 0) return pick(random, fits);
  return newest ?? START_VERSIONS[model.platform].at(-1)!;
}

/** Those that strike as often as `failTimes` says. */
const FAILURES: ReadonlySet<Behaviour> = new Set(BEHAVIOURS.slice(BEHAVIOURS.indexOf('unsupervised')));

function strikesOf(random: Random, behaviour: Behaviour, { settings }: Mix): number {
  const ranges: Partial<Record<Behaviour, readonly [number, number]>> = {
    notNow: settings.notNowTimes,
    errorChain: settings.errorTimes,
    noDisk: settings.noDiskTimes,
    noPower: settings.noPowerTimes,
    dropConnection: settings.dropTimes,
  };
  const range = ranges[behaviour] ?? (FAILURES.has(behaviour) ? settings.failTimes : undefined);
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

const runsOne = ({ since }: Model, versions: readonly OsVersion[] | undefined): boolean =>
  versions === undefined || versions.some(({ version }) => compareOsVersions(version, since) >= 0);

/** What the roster says of it, or what is drawn. What is drawn is drawn in any case: the next device must not depend on it. */
function characterOf(world: Omit<World, 'now'>, random: Random, chosen: RosterEntry | undefined) {
  const { mix, catalog } = world;
  const drawn = weighted<Platform>(
    random,
    PLATFORMS.map((one) => [one, mix.platforms[one]] as const),
  );
  const platform = chosen?.platform ?? drawn;
  const models = MODELS.filter(
    (one) =>
      one.platform === platform && catalog.newest(one) !== undefined && runsOne(one, mix.startVersions[platform]),
  );
  const model =
    (chosen && modelOf(chosen)) ??
    weighted(
      random,
      models.map((one) => [one, one.weight] as const),
    );
  const usual = behaviourOf(random, mix);
  const behaviour = chosen?.behaviour ?? usual;
  const { version, build } = chosen ?? {};
  const start = version === undefined ? startVersion(random, world, model, behaviour) : { version, build: build! };
  return { model, behaviour, start };
}

/** A device as it leaves the shop; the same for the same seed, index, mix and catalog. */
export function newDevice(world: Omit<World, 'now'>, index: number): Device {
  const { seed, mix } = world;
  const random = seededRandom(seed, 'device', index);
  const chosen = mix.roster[index];
  const { model, behaviour, start } = characterOf(world, random, chosen);
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
    supplement: undefined,
    phase: 'new',
    generation: 0,
    unregisteredAt: 0,
    certificate: undefined,
    offlineFrom: Infinity,
    offlineUntil: Infinity,
    actsAt: Infinity,
    strikes: chosen?.strikes ?? strikesOf(random, behaviour, mix),
    errorCode: chosen?.errorCode ?? 12062,
    installer: 'held',
    update: undefined,
    scannedAt: Infinity,
    busy: false,
    pushed: false,
    wakeAt: Infinity,
    plannedAt: Infinity,
    cached: undefined,
    scheduled: [],
    installedAt: 0,
    ddm: undefined,
    user: undefined,
    enforced: 0,
  };
}

/** What it runs: another text whenever that has changed. */
export const osOf = ({ version, supplement }: Device): string =>
  supplement ? `${version} ${supplement.extra}` : version;

/** Enrolled, switched on and on the network. */
export function isOnline(device: Device, now: number): boolean {
  const away = now >= device.offlineFrom && now < device.offlineUntil;
  return device.phase === 'enrolled' && !away && device.update?.state !== 'restarting';
}

export const serialOf = (device: Device): string => `S${device.udid.replaceAll('-', '').slice(-11)}`;
export const nameOf = (device: Device): string => `${device.model.modelName} ${device.index}`;
