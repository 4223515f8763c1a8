import { type ModelRelease, type OwnUpdate, releasesFor } from './device-releases.ts';

const listed = (version: string, build: string, more: Partial<ModelRelease> = {}): ModelRelease => ({
  version,
  versionExtra: '',
  build,
  name: null,
  postedAt: '2026-08-17',
  expiresAt: null,
  enforceable: true,
  productKey: null,
  ...more,
});
const own = (productKey: string, more: Partial<OwnUpdate> = {}): OwnUpdate => ({
  productKey,
  version: null,
  build: null,
  name: null,
  isConfigData: false,
  isMajor: false,
  isSecurityResponse: false,
  downloadBytes: null,
  installBytes: null,
  deferredUntil: null,
  restartRequired: null,
  allowsInstallLater: null,
  isCritical: null,
  requiresBootstrapToken: null,
  supplementalBuild: null,
  supplementalExtra: null,
  ...more,
});
const brief = (...given: Parameters<typeof releasesFor>) =>
  releasesFor(...given).map((one) => `${one.version} ${one.build} ${one.listedBy} ${one.productKey}`);

describe('the releases for a device', () => {
  it('are those of the catalogue and of its own list, what both have once, newest first', () => {
    const catalogue = [listed('26.6.2', '25G83'), listed('15.7.9', '24G830')];
    const offers = [
      own('MSU_UPDATE_24G830_patch_15.7.9_minor', { version: '15.7.9', build: '24G830' }),
      own('091-1', { version: '15.7.8', build: '24G824' }),
    ];
    expect(brief('15.7.1', catalogue, offers)).toEqual([
      '26.6.2 25G83 catalogue null',
      '15.7.9 24G830 both MSU_UPDATE_24G830_patch_15.7.9_minor',
      '15.7.8 24G824 device 091-1',
    ]);
  });

  it.each([
    ['the build', own('k', { version: '26.6', build: '23U67' })],
    ['a build in the place of the version', own('k', { version: '23U67' })],
    ['the key of an iPhone’s update', own('iOSUpdate23U67')],
    ['the key of a full installer', own('_OSX_23U67')],
    ['the key of a Mac’s update', own('MSU_UPDATE_23U67_full_26.6_major')],
    ['the version alone', own('k', { version: '26.6.0' })],
  ])('are the same by %s', (_what, update) => {
    expect(releasesFor('26.1', [listed('26.6', '23U70'), listed('26.6', '23U67')].slice(1), [update])).toMatchObject([
      { listedBy: 'both', build: '23U67' },
    ]);
  });

  it('are told apart by build where one version has two', () => {
    const catalogue = [listed('26.6', '23L773'), listed('26.6', '23L6773')];
    expect(brief('26.1', catalogue, [own('k', { version: '26.6', build: '23L6773' })])).toEqual([
      '26.6 23L6773 both k',
      '26.6 23L773 catalogue null',
    ]);
  });

  it('are never a security response for its base, or the other way round', () => {
    const base = listed('26.3.1', '25D2128');
    const response = listed('26.3.1', '25D771280a', { versionExtra: '(a)' });
    const offer = own('k', { version: '26.3.1', isSecurityResponse: true, supplementalExtra: '(a)' });
    expect(releasesFor('26.3.1', [base, response], [offer])).toMatchObject([
      { versionExtra: '(a)', listedBy: 'both', isSecurityResponse: true, newer: true },
      { versionExtra: '', listedBy: 'catalogue', newer: false },
    ]);
  });

  it('say what the device says: deferred until, sizes, what has to come first', () => {
    const deferredUntil = new Date('2026-12-01T00:00:00Z');
    const offers = [
      own('k', { version: '26.6.2', deferredUntil, downloadBytes: 4096.5, restartRequired: true }),
      own('041-14451', { version: '1.0', isConfigData: true, name: 'macOS Installer Notification' }),
    ];
    expect(releasesFor('15.7.1', [listed('26.6.2', '25G83')], offers)).toMatchObject([
      { deferredUntil: '2026-12-01T00:00:00.000Z', downloadBytes: 4096.5, restartRequired: true, isMajor: true },
      { productKey: '041-14451', isConfigData: true, newer: null, listedBy: 'device' },
    ]);
  });

  it('are there for a device that has not said what it runs', () => {
    expect(releasesFor(null, [listed('26.6', '23U67')], [])).toMatchObject([{ newer: null, isMajor: false }]);
  });
});
