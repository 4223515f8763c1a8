import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FeedError } from './feed-error.ts';
import { parseGdmf } from './parse-gdmf.ts';

const entry = {
  ProductVersion: '15.7.1',
  Build: '24G231',
  PostingDate: '2026-06-01',
  ExpirationDate: '2026-09-01',
  SupportedDevices: ['J314sAP'],
};
const improvement = {
  ...entry,
  Build: '24G771330a',
  ProductVersionExtra: '(a)',
  PrerequisiteBuild: '24G231',
};

function pathOf(feed: unknown): string {
  try {
    parseGdmf(feed);
  } catch (error) {
    if (error instanceof FeedError) return error.path;
    throw error;
  }
  return 'accepted';
}

describe('the release feed', () => {
  const feed = {
    AssetSets: { macOS: [entry], watchOS: 'new' },
    PublicBackgroundSecurityImprovements: { macOS: [improvement] },
    New: 1,
  };
  const releases = [
    {
      set: 'all',
      os: 'macOS',
      version: '15.7.1',
      build: '24G231',
      postedAt: '2026-06-01',
      expiresAt: '2026-09-01',
      supportedDevices: ['J314sAP'],
    },
    {
      set: 'bsi',
      os: 'macOS',
      version: '15.7.1',
      build: '24G771330a',
      postedAt: '2026-06-01',
      expiresAt: '2026-09-01',
      supportedDevices: ['J314sAP'],
      versionExtra: '(a)',
      prerequisiteBuild: '24G231',
    },
  ];

  it('is read bare, under data, and as text', () => {
    expect(parseGdmf(feed)).toEqual(releases);
    expect(parseGdmf({ etag: 'x', data: feed })).toEqual(releases);
    expect(parseGdmf(JSON.stringify(feed))).toEqual(releases);
  });

  it('may name no end of a release', () => {
    const { ExpirationDate: _, ...open } = entry;
    expect(parseGdmf({ AssetSets: { macOS: [open] } })[0]).not.toHaveProperty('expiresAt');
  });

  it('is refused with the path to the fault', () => {
    expect(pathOf('{')).toBe('$');
    expect(pathOf([])).toBe('$');
    expect(pathOf({})).toBe('$');
    expect(pathOf({ data: 5 })).toBe('$.data');
    expect(pathOf({ data: { AssetSets: 5 } })).toBe('$.data.AssetSets');
    expect(pathOf({ AssetSets: { iOS: {} } })).toBe('$.AssetSets.iOS');
    expect(pathOf({ AssetSets: { iOS: [entry, 5] } })).toBe('$.AssetSets.iOS[1]');
    const broken = (more: object) => pathOf({ PublicAssetSets: { iOS: [{ ...entry, ...more }] } });
    expect(broken({ ProductVersion: 15 })).toBe('$.PublicAssetSets.iOS[0].ProductVersion');
    expect(broken({ Build: '' })).toBe('$.PublicAssetSets.iOS[0].Build');
    expect(broken({ PostingDate: 'soon' })).toBe('$.PublicAssetSets.iOS[0].PostingDate');
    expect(broken({ PostingDate: '2026-02-31' })).toBe('$.PublicAssetSets.iOS[0].PostingDate');
    expect(broken({ PostingDate: '0000-01-01' })).toBe('$.PublicAssetSets.iOS[0].PostingDate');
    expect(broken({ SupportedDevices: [1] })).toBe('$.PublicAssetSets.iOS[0].SupportedDevices');
  });
});

const CAPTURE = join(process.cwd(), '..', 'shared', 'feeds', 'gdmf-2026-08-22.json');
const here = existsSync(CAPTURE);
if (!here) process.stdout.write('skipped: no capture of https://gdmf.apple.com/v2/pmv of 2026-08-22 at hand\n');

(here ? describe : describe.skip)('a capture of the real feed', () => {
  it('is read whole', () => {
    const releases = parseGdmf(readFileSync(CAPTURE, 'utf8'));
    const count = (set: string, os: string) =>
      releases.filter((release) => release.set === set && release.os === os).length;
    expect([count('public', 'iOS'), count('public', 'macOS'), count('all', 'iOS'), count('all', 'macOS')]).toEqual([
      29, 6, 46, 15,
    ]);
    expect([count('bsi', 'iOS'), count('bsi', 'macOS')]).toEqual([1, 2]);
    expect(
      releases.some(
        ({ os, supportedDevices }) => os === 'iOS' && supportedDevices.some((name) => name.startsWith('AppleTV')),
      ),
    ).toBe(true);
  });
});
