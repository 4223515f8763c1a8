import { buildPlist, readFeed } from '@lamplighter/apple';
import { FeedCopy } from '@lamplighter/contracts';
import { refusing } from './refusing.ts';
import type { Target } from './run.ts';
import { JSON_PIECES, JSON_WORDS, PLIST_PIECES, PLIST_WORDS } from './words.ts';

/** What is read fits into a message, and is something that PostgreSQL keeps. */
function take(input: Buffer): void {
  const feed = refusing(() => readFeed(input.toString('utf8'), 'index-26.sucatalog'));
  const said = JSON.stringify(FeedCopy.parse(feed));
  if (said.includes(String.raw`\u0000`) || /\\ud[89a-f]/.test(said))
    throw new Error('PostgreSQL keeps no NUL and no half of a pair');
  if (/"(postedAt|expiresAt)":"0/.test(said)) throw new Error('PostgreSQL knows no year 0');
}

const WORDS = [...JSON_WORDS, '"ProductVersion"', '"SupportedDevices"', '"2026-13-41"', '"0000-01-01"', '"26.6 (a)"'];

const gdmf: Target = {
  name: 'gdmf',
  summary: "Apple's feed of releases",
  corpus: [
    {
      PublicAssetSets: {
        macOS: [
          {
            ProductVersion: '26.1',
            Build: '25B78',
            PostingDate: '2026-11-03',
            ExpirationDate: '2027-02-01',
            SupportedDevices: ['J314sAP'],
          },
        ],
      },
      AssetSets: {},
    },
  ].map((feed) => Buffer.from(JSON.stringify(feed))),
  words: [...WORDS, '"PublicAssetSets"', '"macOS"'],
  pieces: JSON_PIECES,
  feed: take,
};

const release = {
  ProductName: 'macOS',
  ProductVersion: '26.1',
  ReleaseDate: '2026-11-03T00:00:00Z',
  ReleaseType: 'OS',
};

const sofa: Target = {
  name: 'sofa',
  summary: "SOFA's feeds of releases",
  corpus: [
    {
      OSVersions: [
        {
          Latest: { ...release, Build: '25B78', ExpirationDate: '2027-02-01', SupportedDevices: ['J314sAP'] },
          SecurityReleases: [
            { ...release, UpdateName: 'macOS Tahoe 26.1', AllBuilds: ['25B78', '25B79'] },
            { ...release, UpdateName: 'Rapid Security Response 26.1 (a)', ReleaseType: 'RSR_a' },
          ],
        },
      ],
      InstallationApps: { LatestUMA: { title: 'macOS', version: '26.1', build: '25B78', apple_slug: '093-1' } },
    },
    { OSName: 'tvOS', OSVersions: [{ SecurityReleases: [{ ...release, ProductName: 'tvOS', Build: '' }] }] },
  ].map((feed) => Buffer.from(JSON.stringify(feed))),
  words: [...WORDS, '"RSR_b"', '"OSVersions"', '"Latest"', '"AllBuilds"', '"24A5264n"'],
  pieces: JSON_PIECES,
  feed: take,
};

const sucatalog: Target = {
  name: 'sucatalog',
  summary: "Apple's software update catalogue",
  corpus: [
    Buffer.from(
      buildPlist({
        Products: {
          '093-1': {
            PostDate: new Date('2026-11-03T00:00:00Z'),
            Packages: [{ Size: 14_000_000 }],
            ExtendedMetaInfo: {
              InstallAssistantPackageIdentifiers: { SharedSupport: 'a.InstallAssistant.macOSTahoe' },
            },
          },
          '061-1': { ExtendedMetaInfo: { ProductType: 'macOS', ProductVersion: '11.1', BuildVersion: '20C69' } },
        },
      }),
    ),
  ],
  words: [...PLIST_WORDS, '<key>ProductVersion</key>', '<date>0000-01-01T00:00:00Z</date>', '<integer>-1</integer>'],
  pieces: PLIST_PIECES,
  feed: take,
};

export const feeds: readonly Target[] = [gdmf, sofa, sucatalog];
