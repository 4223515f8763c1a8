import type { CatalogSource, DeviceRelease } from '@lamplighter/contracts';

import { describeSources } from './catalog.ts';
import { describeReleases } from './device-updates.ts';

const source: CatalogSource = {
  source: 'gdmf',
  kind: 'gdmf',
  location: 'https://gdmf.apple.com/v2/pmv',
  state: 'good',
  releases: 107,
  products: 0,
  copyAt: '2026-11-20T00:00:00.000Z',
  copyFrom: 'fetched',
  attemptedAt: '2026-11-22T00:00:00.000Z',
  succeededAt: '2026-11-22T00:00:00.000Z',
  nextAt: '2026-11-23T00:00:00.000Z',
  failure: null,
};

const release: DeviceRelease = {
  version: '26.6.2',
  versionExtra: '',
  build: '25G83',
  name: null,
  listedBy: 'both',
  newer: true,
  isMajor: true,
  isSecurityResponse: false,
  isConfigData: false,
  enforceable: true,
  postedAt: '2026-08-17',
  expiresAt: null,
  productKey: 'MSU_UPDATE_25G83_full_26.6.2_major',
  deferredUntil: '2026-12-01T00:00:00.000Z',
  downloadBytes: 14_003_000_000,
  installBytes: null,
  restartRequired: true,
  allowsInstallLater: null,
  isCritical: null,
  requiresBootstrapToken: null,
};

describe('the sources of the catalogue', () => {
  it('are shown with why one fails, since when, and what to do', () => {
    const failure = {
      code: 'feed.unavailable',
      message: 'the feed gdmf could not be read: HTTP 500',
      remedy: 'see LAMP_GDMF_URL',
      since: '2026-11-21T00:00:00.000Z',
      attempts: 3,
    };
    const text = describeSources([{ ...source, state: 'failing', failure }]);
    expect(text).toContain('failing');
    expect(text).toContain(
      '✗ gdmf has failed 3 times since 2026-11-21 00:00:00: the feed gdmf could not be read: HTTP 500',
    );
    expect(text).toContain('  → see LAMP_GDMF_URL');
    expect(describeSources([source])).not.toContain('✗');
    expect(describeSources([])).toBe('No feed has been fetched or imported yet.');
  });
});

describe('the releases for a device', () => {
  const device = {
    deviceId: 'MAC-1',
    platform: 'macOS',
    model: 'J414sAP',
    osVersion: '15.7.1',
    buildVersion: '24G231',
    reportedAt: '2026-11-20T03:00:00.000Z',
  };

  it('are shown with who lists them, and what keeps them back', () => {
    const text = describeReleases({ ...device, items: [release] });
    expect(text).toContain('reported 2026-11-20 03:00:00 UTC');
    expect(text).toMatch(
      /26\.6\.2 +25G83 +both +MSU_UPDATE_\S+ +2026-08-17 +deferred until 2026-12-01 00:00:00, major, 14\.00 GB/,
    );
  });

  it('may be none', () => {
    const text = describeReleases({ ...device, model: null, reportedAt: null, items: [] });
    expect(text).toContain('of a model not known yet');
    expect(text).toContain('never reported');
    expect(text).toContain('No release is known for it');
  });
});
