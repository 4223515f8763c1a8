import { describe, expect, it } from '@jest/globals';
import { buildPlist } from '../plist/build.ts';
import { FeedError } from './feed-error.ts';
import { isSeedBuild } from './listed.ts';
import { readFeed } from './read-feed.ts';

const boards = ['J314sAP', 'J414sAP'];

/** Version 1: only `Latest` has a build. */
const SOFA_1 = {
  UpdateHash: 'x',
  OSVersions: [
    {
      OSVersion: 'Sequoia 15',
      Latest: {
        ProductVersion: '15.2',
        Build: '24C101',
        ReleaseDate: '2024-12-11T00:00:00Z',
        ExpirationDate: '2025-04-16T00:00:00Z',
        SupportedDevices: boards.slice(0, 1),
      },
      SecurityReleases: [
        {
          UpdateName: 'macOS Sequoia 15.2',
          ProductName: 'macOS',
          ProductVersion: '15.2',
          ReleaseDate: '2024-12-11T00:00:00Z',
          ReleaseType: 'OS',
          SupportedDevices: boards,
          CVEs: { 'CVE-2024-54477': false },
        },
        {
          UpdateName: 'macOS Sequoia 15.1',
          ProductName: 'macOS',
          ProductVersion: '15.1',
          ReleaseDate: '2024-10-28T00:00:00Z',
          SupportedDevices: boards,
        },
        {
          UpdateName: 'Rapid Security Response macOS 13.4.1 (c)',
          ProductName: 'macOS',
          ProductVersion: '13.4.1',
          ReleaseType: 'RSR_c',
          ReleaseDate: '2023-07-12T00:00:00Z',
        },
        { UpdateName: 'Safari 18.2', ProductName: 'Safari', ProductVersion: '18.2', ReleaseDate: 'soon' },
      ],
    },
  ],
  InstallationApps: {
    LatestUMA: { title: 'macOS Sequoia', version: '15.2', build: '24C101', apple_slug: '072-44286' },
    AllPreviousUMA: [{ title: 'no key', version: '15.1', build: '24B83' }, 'noise'],
  },
};

/** Version 2: every release has builds and its end. */
const SOFA_2 = {
  Version: '2.0',
  OSVersions: [
    {
      OSVersion: '26',
      Latest: undefined,
      SecurityReleases: [
        {
          UpdateName: 'iOS 26.6 and iPadOS 26.6',
          ProductName: 'iOS and iPadOS',
          ProductVersion: '26.6',
          Build: '23U67',
          AllBuilds: ['23U67', '23U70', '23U67'],
          ReleaseDate: '2026-07-27T00:00:00Z',
          ExpirationDate: '2026-11-20',
          SupportedDevices: ['iPhone15,2', 'iPad13,1'],
          CVEs: { 'CVE-2026-1': { actively_exploited: true } },
        },
        {
          UpdateName: 'iOS 27 beta 3',
          ProductName: 'iOS',
          ProductVersion: '27.0',
          Build: '24A5264n',
          ReleaseDate: '2026-07-01',
          SupportedDevices: ['iPhone15,2'],
        },
      ],
    },
  ],
};

const CATALOG = buildPlist({
  CatalogVersion: 2,
  Products: {
    '072-44286': {
      PostDate: new Date('2024-12-11T18:00:00Z'),
      ServerMetadataURL: 'https://swcdn.example/InstallAssistantAuto.smd',
      Packages: [
        { URL: 'https://swcdn.example/InstallAssistant.pkg', Size: 14_000_000_000 },
        { URL: 'https://swcdn.example/UpdateBrain.zip', Size: 3_000_000 },
      ],
      Distributions: { English: 'https://swdist.example/English.dist' },
      ExtendedMetaInfo: {
        InstallAssistantPackageIdentifiers: { SharedSupport: 'com.apple.pkg.InstallAssistant.macOSSequoia' },
      },
    },
    '061-1': {
      PostDate: new Date('2020-01-01T00:00:00Z'),
      ExtendedMetaInfo: {
        ProductType: 'macOS',
        ProductVersion: '11.7.11',
        BuildVersion: '20G1443',
        SupportedDeviceModels: ['J313AP', 'not a board'],
      },
    },
    '061-2': { ExtendedMetaInfo: { ProductVersion: '27.0', BuildVersion: '26A5279m' } },
    '012-92132': { ExtendedMetaInfo: { ProductType: 'otherArchitectureHandlerOS', BuildVersion: '22A380' } },
    '031-1': { PostDate: new Date('2012-01-01T00:00:00Z'), Packages: [] },
  },
});

function pathOf(text: string): string {
  try {
    readFeed(text);
  } catch (error) {
    if (error instanceof FeedError) return error.path;
    throw error;
  }
  return 'accepted';
}

describe('a feed', () => {
  it('is known by its content', () => {
    const gdmf = JSON.stringify({ data: { AssetSets: { macOS: [] } } });
    const read = [gdmf, JSON.stringify(SOFA_1), JSON.stringify(SOFA_2), CATALOG].map((text) => readFeed(text));
    expect(read.map(({ kind, source }) => `${kind} ${source}`)).toEqual([
      'gdmf gdmf',
      'sofa sofa-macos',
      'sofa sofa-ios',
      'sucatalog sucatalog',
    ]);
  });

  it('is refused with the path to the fault', () => {
    expect(pathOf('<html></html>')).toBe('$');
    expect(pathOf('{"a":')).toBe('$');
    expect(pathOf('[]')).toBe('$');
    expect(pathOf('{"other":1}')).toBe('$');
    expect(pathOf(CATALOG.slice(0, 900))).toBe('$');
    expect(pathOf(buildPlist({ Products: [] }))).toBe('$.Products');
    expect(pathOf('{"OSVersions":5}')).toBe('$.OSVersions');
    expect(pathOf('{"OSVersions":[{"Latest":5}]}')).toBe('$.OSVersions[0].Latest');
    expect(pathOf('{"OSVersions":[]}')).toBe('$.OSVersions');
    const release = { ProductName: 'macOS', ProductVersion: '15.2', ReleaseDate: '2024-12-11' };
    const broken = (more: object) =>
      pathOf(JSON.stringify({ OSVersions: [{ SecurityReleases: [{ ...release, ...more }] }] }));
    expect(broken({})).toBe('accepted');
    expect(broken({ ProductVersion: 'new' })).toBe('$.OSVersions[0].SecurityReleases[0].ProductVersion');
    expect(broken({ ReleaseDate: '2024-02-31' })).toBe('$.OSVersions[0].SecurityReleases[0].ReleaseDate');
    expect(broken({ SupportedDevices: 'all' })).toBe('$.OSVersions[0].SecurityReleases[0].SupportedDevices');
  });
});

describe("SOFA's feed", () => {
  it('of version 1 has builds for the latest of a major version, and keeps the others without', () => {
    const { releases } = readFeed(JSON.stringify(SOFA_1));
    expect(releases.map(({ set, version, build }) => `${set} ${version} ${build}`)).toEqual([
      'sofa 15.2 24C101',
      'sofa 15.1 ',
      'sofa-bsi 13.4.1 ',
    ]);
    expect(releases[0]).toMatchObject({ os: 'macOS', name: 'macOS Sequoia 15.2', expiresAt: '2025-04-16' });
    expect(releases[0]!.supportedDevices.toSorted()).toEqual(boards);
    expect(releases[2]).toMatchObject({ versionExtra: '(c)', supportedDevices: [] });
  });

  it('of version 2 has an entry for each build, and marks seeds', () => {
    const { releases } = readFeed(JSON.stringify(SOFA_2));
    expect(releases.map(({ version, build, beta = false }) => ({ version, build, beta }))).toEqual([
      { version: '26.6', build: '23U67', beta: false },
      { version: '26.6', build: '23U70', beta: false },
      { version: '27.0', build: '24A5264n', beta: true },
    ]);
  });

  it('is of the OS that it names', () => {
    const release = {
      ProductName: 'tvOS',
      ProductVersion: '26.4',
      ReleaseDate: '2026-03-24',
      Build: '',
      AllBuilds: [],
    };
    const feed = { OSName: 'tvOS', OSVersions: [{ SecurityReleases: [{ ...release, SupportedDevices: [] }] }] };
    const { source, releases } = readFeed(JSON.stringify(feed));
    expect([source, releases[0]!.os, releases[0]!.build]).toEqual(['sofa-tvos', 'iOS', '']);
  });

  it('may have an entry in ten that says nothing, no more', () => {
    const release = { ProductName: 'macOS', ReleaseDate: '2026-03-24' };
    const feed = (count: number) => ({
      OSVersions: [
        {
          SecurityReleases: [
            { ...release, ProductVersion: 'Unknown' },
            ...Array.from({ length: count }, (_, minor) => ({ ...release, ProductVersion: `15.${minor}` })),
          ],
        },
      ],
    });
    expect(readFeed(JSON.stringify(feed(9))).releases).toHaveLength(9);
    expect(pathOf(JSON.stringify(feed(8)))).toBe('$.OSVersions[0].SecurityReleases[0].ProductVersion');
  });

  it('names full installers by product key', () => {
    expect(readFeed(JSON.stringify(SOFA_1)).products).toEqual([
      {
        productKey: '072-44286',
        kind: 'installer',
        name: 'macOS Sequoia',
        version: '15.2',
        build: '24C101',
        supportedDevices: [],
      },
    ]);
  });
});

describe('the software update catalogue', () => {
  it('is read for what installs macOS', () => {
    expect(readFeed(CATALOG).products).toEqual([
      {
        productKey: '072-44286',
        kind: 'installer',
        name: 'Install macOS Sequoia',
        postedAt: '2024-12-11',
        supportedDevices: [],
        sizeBytes: 14_003_000_000,
      },
      {
        productKey: '061-1',
        kind: 'update',
        version: '11.7.11',
        build: '20G1443',
        postedAt: '2020-01-01',
        supportedDevices: ['J313AP'],
      },
      { productKey: '061-2', kind: 'update', version: '27.0', build: '26A5279m', supportedDevices: [], beta: true },
    ]);
  });

  it('holds betas alone where it is a seed’s', () => {
    const from = 'https://swscan.example/content/index-15seed-15-14-13.merged-1.sucatalog.gz';
    expect(readFeed(CATALOG, from).products.every(({ beta }) => beta === true)).toBe(true);
    const released = from.replace('15seed-', '');
    expect(readFeed(CATALOG, released).products.filter(({ beta }) => beta === true)).toHaveLength(1);
  });
});

it.each([
  ['24A5264n', true],
  ['17A306f', true],
  ['25D771280a', false],
  ['24G231', false],
  ['21H1320', false],
])('build %s is a seed: %s', (build, expected) => {
  expect(isSeedBuild(build)).toBe(expected);
});
