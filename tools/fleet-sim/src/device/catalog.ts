import { readFileSync } from 'node:fs';
import { compareOsVersions, majorOf, parseGdmf } from '@lamplighter/apple';

export type Platform = 'macOS' | 'iOS' | 'iPadOS' | 'tvOS';
export const PLATFORMS = ['macOS', 'iOS', 'iPadOS', 'tvOS'] as const satisfies readonly Platform[];

export interface Model {
  readonly platform: Platform;
  readonly productName: string;
  readonly modelName: string;
  /** Order number, what DeviceInformation calls Model. */
  readonly model: string;
  /** Board id; Macs alone. Apple's feed lists Macs under it. */
  readonly board?: string;
  /** First OS version that runs on it. */
  readonly since: string;
  readonly capacityGb: number;
  readonly weight: number;
}

export interface OsVersion {
  readonly version: string;
  readonly build: string;
}

/** A security improvement on top of a release. */
export interface Supplement {
  readonly build: string;
  /** `(a)` */
  readonly extra: string;
}

export interface Release extends OsVersion {
  readonly devices: ReadonlySet<string>;
  /** What a device gets with it. */
  readonly supplement?: Supplement;
}

interface Improvement extends Release {
  readonly supplement: Supplement;
  readonly prerequisite: string | undefined;
}

const file = (name: string): URL => new URL(`../../data/${name}`, import.meta.url);
export const SAMPLE_FEED = file('sample-gdmf.json');

export const { models: MODELS, startVersions: START_VERSIONS } = JSON.parse(
  readFileSync(file('models.json'), 'utf8'),
) as { models: readonly Model[]; startVersions: Readonly<Record<Platform, readonly OsVersion[]>> };

const feedKey = (model: Model): string => model.board ?? model.productName;

/** The OS releases that simulated devices find on "Apple's" servers. */
export class Catalog {
  private readonly releases: readonly Release[];
  private readonly improvements: readonly Improvement[];
  private readonly byModel = new Map<string, readonly Release[]>();

  constructor(releases: readonly Release[], improvements: readonly Improvement[] = []) {
    this.releases = releases;
    this.improvements = improvements;
  }

  /** `text`: Apple's release feed (GDMF `/v2/pmv`), bare or under `data`. Throws FeedError. */
  static fromGdmf(text: string): Catalog {
    const listed = parseGdmf(text).map((one) => ({ ...one, devices: new Set(one.supportedDevices) }));
    const releases = listed.filter(({ set }) => set !== 'bsi');
    const improvements = listed.filter(({ set }) => set === 'bsi');
    return new Catalog(
      releases.map(({ version, build, devices }) => ({ version, build, devices })),
      improvements.map(({ version, build, versionExtra, prerequisiteBuild, devices }) => ({
        version,
        build,
        devices,
        supplement: { build, extra: versionExtra ?? '' },
        prerequisite: prerequisiteBuild,
      })),
    );
  }

  static sample(): Catalog {
    return Catalog.fromGdmf(readFileSync(SAMPLE_FEED, 'utf8'));
  }

  /** Releases for this model, newest first, one for each version (of two builds the lower). Empty for an unknown model. */
  forModel(model: Model): readonly Release[] {
    const key = feedKey(model);
    let found = this.byModel.get(key);
    if (!found) {
      const sorted = this.releases
        .filter((one) => one.devices.has(key))
        .toSorted((a, b) => compareOsVersions(b.version, a.version) || a.build.length - b.build.length);
      found = sorted.filter((one, index) => index === 0 || sorted[index - 1]!.version !== one.version);
      this.byModel.set(key, found);
    }
    return found;
  }

  /** All builds of a version that are listed for this model; empty for one that is not. */
  buildsOf(model: Model, version: string): string[] {
    const key = feedKey(model);
    return this.releases.filter((one) => one.version === version && one.devices.has(key)).map(({ build }) => build);
  }

  /** The security improvements on top of this build of a version; the newest last. */
  improvementsOf(model: Model, { version, build }: OsVersion): Supplement[] {
    const key = feedKey(model);
    return this.improvements
      .filter((one) => one.version === version && one.devices.has(key) && (one.prerequisite ?? build) === build)
      .map(({ supplement }) => supplement)
      .toSorted((a, b) => (a.extra < b.extra ? -1 : 1));
  }

  /** What a device would be offered: the newest release of its own major and of each later one; newest first. */
  updates(model: Model, version: string): Release[] {
    const seen = new Set<string>();
    return this.forModel(model).filter((one) => {
      if (compareOsVersions(one.version, version) <= 0 || seen.has(generationOf(one.version))) return false;
      seen.add(generationOf(one.version));
      return true;
    });
  }

  newest(model: Model): Release | undefined {
    return this.forModel(model)[0];
  }
}

/** The major version; of macOS 10 (no iOS that old is simulated) with its second number, which counted then. */
function generationOf(version: string): string {
  const major = majorOf(version);
  return major === 10 ? version.split('.', 2).join('.') : String(major);
}

export const isMajorUpdate = (from: string, to: string): boolean => generationOf(from) !== generationOf(to);

/** The DeclarativeManagement command: iOS/iPadOS 15, macOS 13, tvOS 16. */
export function supportsDeclarations(platform: Platform, version: string): boolean {
  const since = { macOS: '13', iOS: '15', iPadOS: '15', tvOS: '16' }[platform];
  return compareOsVersions(version, since) >= 0;
}
