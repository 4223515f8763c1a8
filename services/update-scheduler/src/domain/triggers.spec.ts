import type { Observation } from '@lamplighter/contracts';
import { actionFor, bodyFor } from './commands.ts';
import { chooseProduct } from './product-choice.ts';
import { readObservation } from './triggers.ts';
import type { Update } from './update.ts';

const target = { version: '26.6.2', build: '25G83' };
const update = {
  targetVersion: '26.6.2',
  targetBuild: '25G83',
  productKey: 'k',
  platform: 'macOS',
  fromVersion: '15.1',
} as Update;
const read = (observation: Observation) => readObservation(update, observation);

describe('choosing a product', () => {
  it('takes the target version, never a security response or config data of the same version', () => {
    const products = [
      { productKey: 'rsr', version: '26.6.2', isSecurityResponse: true },
      { productKey: 'config', version: '26.6.2', isConfigDataUpdate: true },
      { productKey: 'full', version: '26.6.2' },
    ];
    expect(chooseProduct(products, target)).toEqual({ kind: 'target', keys: ['full'] });
    expect(chooseProduct(products.slice(0, 1), target)).toEqual({ kind: 'other' });
  });

  it('knows a macOS installer by its build, in the version, the build or the key', () => {
    expect(chooseProduct([{ productKey: '_OSX_25G83', version: '25G83' }], target)).toMatchObject({
      keys: ['_OSX_25G83'],
    });
    expect(chooseProduct([{ productKey: 'iOSUpdate25G83' }], target)).toMatchObject({
      keys: ['iOSUpdate25G83'],
    });
    expect(chooseProduct([{ productKey: 'x', version: '27.0', build: '26A1' }], target)).toEqual({
      kind: 'other',
    });
  });

  it('turns to config data only where the target is not offered, and says when nothing is', () => {
    expect(
      chooseProduct(
        [
          { productKey: 'b', isConfigDataUpdate: true },
          { productKey: 'a', isConfigDataUpdate: true },
        ],
        target,
      ),
    ).toEqual({ kind: 'config-data', keys: ['a', 'b'] });
    expect(chooseProduct([], target)).toEqual({ kind: 'empty' });
  });
});

describe('reading observations', () => {
  it('takes an answer without UpdateResults as accepted', () => {
    expect(read({ kind: 'schedule-result', results: [] })).toEqual({ trigger: 'result-accepted' });
  });

  it('reads the result of its own product', () => {
    const results = [
      { productKey: 'other', status: 'InstallFailed' },
      { productKey: 'k', status: 'Downloading' },
    ];
    expect(read({ kind: 'schedule-result', results })).toEqual({ trigger: 'result-downloading' });
  });

  it('names why a result failed', () => {
    expect(read({ kind: 'schedule-result', results: [{ status: 'InstallInsufficientPower' }] })).toMatchObject({
      trigger: 'error-failed',
      reason: 'insufficient-power',
    });
    const errorChain = [{ ErrorCode: 12051, ErrorDomain: 'MCMDMErrorDomain' }];
    expect(read({ kind: 'schedule-result', results: [{ installAction: 'Error', errorChain }] })).toMatchObject({
      trigger: 'error-downloading',
    });
    expect(read({ kind: 'schedule-result', results: [{ installAction: 'Error' }] })).toMatchObject({
      trigger: 'error-failed',
      reason: 'unknown',
    });
  });

  it('survives words that it has never seen', () => {
    expect(read({ kind: 'schedule-result', results: [{ status: 'Pondering' }] })).toEqual({
      trigger: 'result-accepted',
    });
    expect(read({ kind: 'update-status', updates: [{ productKey: 'k', status: 'Pondering' }] })).toEqual({
      trigger: 'status-idle',
    });
    expect(read({ kind: 'facts', osVersion: '25G83' })).toEqual({ trigger: 'no-version' });
  });

  it('never takes a device without a target as installed', () => {
    expect(readObservation({ ...update, targetVersion: '' }, { kind: 'facts', osVersion: '26.6.2' })).toEqual({
      trigger: 'no-version',
    });
  });
});

describe('install actions', () => {
  const mac = (fromVersion: string) => ({ platform: 'macOS', fromVersion, targetVersion: '26.6.2' }) as const;
  it('asks macOS for major updates with InstallASAP alone', () => {
    expect(actionFor('install', mac('15.1'), 'InstallForceRestart')).toBe('InstallASAP');
    expect(actionFor('install', mac('26.1'), 'InstallForceRestart')).toBe('InstallForceRestart');
    expect(actionFor('install-fallback', mac('15.1'), 'Default')).toBe('Default');
  });

  it('never turns DownloadOnly into an installation', () => {
    for (const step of ['download', 'install', 'install-fallback'] as const)
      expect(actionFor(step, mac('15.1'), 'DownloadOnly')).toBe('DownloadOnly');
  });

  it('leaves InstallForceRestart out on iOS, which does not know it', () => {
    expect(
      actionFor('install', { platform: 'iOS', fromVersion: '18.0', targetVersion: '18.7' }, 'InstallForceRestart'),
    ).toBe('InstallASAP');
  });

  it('shares one body among devices of the same step and product', () => {
    const one = bodyFor('install', mac('15.1'), 'InstallASAP', ['k']);
    expect(bodyFor('install', mac('15.2'), 'InstallASAP', ['k'])).toBe(one);
    expect(one.command).toContain('<key>ProductVersion</key><string>26.6.2</string>');
    expect(bodyFor('install', mac('11.2'), 'InstallASAP', ['k']).command).not.toContain('ProductVersion');
  });
});
