import type { FeedCopy } from '@lamplighter/contracts';
import { mergeCatalog } from './merge-catalog.ts';

type Release = FeedCopy['releases'][number];
type Product = FeedCopy['products'][number];

const release = (more: Partial<Release>): Release => ({
  set: 'public',
  os: 'macOS',
  version: '26.6.2',
  build: '25G83',
  postedAt: '2026-08-17',
  supportedDevices: ['J414sAP'],
  ...more,
});
const gdmf = (...releases: Release[]): FeedCopy => ({ kind: 'gdmf', source: 'gdmf', releases, products: [] });
const sofa = (...releases: Partial<Release>[]): FeedCopy => ({
  kind: 'sofa',
  source: 'sofa-macos',
  releases: releases.map((one) => release({ set: 'sofa', ...one })),
  products: [],
});
const sucatalog = (...products: Partial<Product>[]): FeedCopy => ({
  kind: 'sucatalog',
  source: 'sucatalog',
  releases: [],
  products: products.map((one) => ({ productKey: 'key', kind: 'update', supportedDevices: [], ...one })),
});
const targets = (...copies: FeedCopy[]) =>
  mergeCatalog(copies).models.map((row) => `${row.supportedDevice} ${row.version} ${row.build} ${row.origin}`);

describe('the catalogue', () => {
  it('has for a model what GDMF lists, and no other word where GDMF has one', () => {
    const feed = gdmf(release({}), release({ set: 'all', version: '15.7.9', build: '24G830' }));
    const other = sofa({ version: '26.7', build: '25H1' });
    expect(targets(feed, other)).toEqual(['J414sAP 26.6.2 25G83 gdmf', 'J414sAP 15.7.9 24G830 gdmf']);
    expect(targets(other, feed)).toEqual(targets(feed, other));
  });

  it('has for other models SOFA’s newest of each major version, which declarations cannot enforce', () => {
    const feed = gdmf(release({}));
    const word = sofa(
      { version: '13.7.8', build: '22H730', supportedDevices: ['Mac-AAAA', 'J414sAP'] },
      { version: '13.7.7', build: '22H722', supportedDevices: ['Mac-AAAA'] },
      { version: '12.7.6', build: '', supportedDevices: ['Mac-AAAA'] },
    );
    expect(targets(feed, word)).toEqual(['J414sAP 26.6.2 25G83 gdmf', 'Mac-AAAA 13.7.8 22H730 sofa']);
    expect(mergeCatalog([feed, word]).models.map(({ enforceable }) => enforceable)).toEqual([true, false]);
  });

  it('has what the software update catalogue names with version, build, date and boards', () => {
    const whole = { version: '11.7.11', build: '20G1443', postedAt: '2026-05-18', supportedDevices: ['Mac-BBBB'] };
    expect(targets(sucatalog(whole))).toEqual(['Mac-BBBB 11.7.11 20G1443 sucatalog']);
    for (const part of ['version', 'build', 'postedAt'] as const)
      expect(targets(sucatalog({ ...whole, [part]: undefined }))).toEqual([]);
  });

  it('shows seeds, and has them for no model', () => {
    const beta = { version: '27.0', build: '26A5279m', beta: true as const };
    const copies = [
      gdmf(release(beta)),
      sofa({ ...beta, supportedDevices: ['Mac-AAAA'] }),
      sucatalog({ ...beta, postedAt: '2026-07-01', supportedDevices: ['Mac-BBBB'] }),
    ];
    const merged = mergeCatalog(copies);
    expect(merged.models).toEqual([]);
    expect(merged.releases.map((row) => row.beta)).toEqual([true, true]);
    expect(merged.products.map((row) => row.beta)).toEqual([true]);
  });

  it('keeps improvements apart, with the build that they go on', () => {
    const improvement = release({
      set: 'bsi',
      build: '25G771330a',
      versionExtra: '(a)',
      prerequisiteBuild: '25G83',
    });
    const merged = mergeCatalog([gdmf(release({}), improvement)]);
    expect(merged.models.map((row) => row.build)).toEqual(['25G83']);
    expect(merged.improvements).toMatchObject([
      { versionExtra: '(a)', prerequisiteBuild: '25G83', build: '25G771330a' },
    ]);
    expect(merged.releases).toHaveLength(2);
  });

  it('takes a release that is listed twice as posted first and ended last', () => {
    const merged = mergeCatalog([
      gdmf(
        release({ postedAt: '2026-08-17', expiresAt: '2026-11-20' }),
        release({ postedAt: '2026-08-06', expiresAt: '2026-10-25', supportedDevices: ['J313AP', 'J414sAP'] }),
      ),
    ]);
    expect(merged.releases).toMatchObject([
      { postedAt: '2026-08-06', expiresAt: '2026-11-20', supportedDevices: ['J313AP', 'J414sAP'] },
    ]);
    expect(merged.models.map((row) => row.expiresAt)).toEqual(['2026-11-20', '2026-10-25']);
    const open = mergeCatalog([gdmf(release({ expiresAt: '2026-11-20' }), release({}))]);
    expect(open.models[0]!.expiresAt).toBeUndefined();
  });

  it('puts together what two sources say of a product', () => {
    const fromSofa: FeedCopy = {
      ...sofa(),
      products: [{ productKey: '072-1', kind: 'installer', version: '15.2', build: '24C101', supportedDevices: [] }],
    };
    const apple = sucatalog({ productKey: '072-1', kind: 'installer', name: 'Install macOS Sequoia', sizeBytes: 14 });
    expect(mergeCatalog([apple, fromSofa]).products).toMatchObject([
      { productKey: '072-1', version: '15.2', versionKey: 15_002_000, name: 'Install macOS Sequoia', sizeBytes: 14 },
    ]);
  });
});
