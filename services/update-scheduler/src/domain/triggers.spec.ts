import type { Observation } from '@lamplighter/contracts';
import { bodyFor } from './commands.ts';
import { chooseProduct } from './product-choice.ts';
import { readObservation } from './triggers.ts';
import type { Update } from './update.ts';

const target = { version: '26.6.2', build: '25G83', isMinor: false };
const update = {
  targetVersion: '26.6.2',
  targetBuild: '25G83',
  productKey: 'k',
  platform: 'macOS',
  fromVersion: '15.1',
} as Update;
const AT = new Date('2026-11-20T02:00:00Z');
const read = (observation: Observation) => readObservation(update, observation, AT);

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
    const xprotect = [{ productKey: 'a', isConfigDataUpdate: true }];
    expect(chooseProduct(xprotect, { ...target, isMinor: true })).toEqual({ kind: 'other' });
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
      trigger: 'error-busy',
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
    expect(readObservation({ ...update, targetVersion: '' }, { kind: 'facts', osVersion: '26.6.2' }, AT)).toEqual({
      trigger: 'no-version',
    });
  });
});

describe('a user’s choice', () => {
  const status = (given: object) =>
    read({ kind: 'update-status', updates: [{ productKey: 'k', status: 'Idle', isDownloaded: true, ...given }] });

  it('is a next attempt that is still to come', () => {
    expect(status({ nextScheduledInstall: '2026-11-20T22:00:00Z', deferralsRemaining: 2 })).toEqual({
      trigger: 'status-postponed',
      detail: 'until 2026-11-20T22:00:00Z, 2 deferrals left',
    });
    expect(status({ nextScheduledInstall: '2026-11-19T22:00:00Z' })).toEqual({ trigger: 'status-downloaded' });
  });

  it('is a deferral that was used, where the device names no time', () => {
    expect(status({ maxDeferrals: 3, deferralsRemaining: 1 })).toEqual({
      trigger: 'status-postponed',
      detail: '1 of 3 deferrals left',
    });
    expect(status({ maxDeferrals: 3, deferralsRemaining: 3 })).toEqual({ trigger: 'status-downloaded' });
  });

  it('is over once it installs', () => {
    expect(status({ status: 'Installing', nextScheduledInstall: '2026-11-20T22:00:00Z' })).toEqual({
      trigger: 'status-installing',
    });
  });
});

describe('a deferral by a profile', () => {
  it('is named beside the offer while it lasts', () => {
    const list = (deferredUntil: string) =>
      read({ kind: 'available-updates', products: [{ productKey: 'k', version: '26.6.2', deferredUntil }] });
    expect(list('2026-12-01T00:00:00Z')).toEqual({
      trigger: 'list-target',
      productKeys: ['k'],
      reason: 'update-deferred',
      detail: 'deferred on the device until 2026-12-01T00:00:00Z',
    });
    expect(list('2026-11-01T00:00:00Z')).toEqual({ trigger: 'list-target', productKeys: ['k'] });
  });
});

describe('bodies', () => {
  const mac = (fromVersion: string) => ({ platform: 'macOS', fromVersion, targetVersion: '26.6.2' }) as const;
  const asap = { installAction: 'InstallASAP', notes: [] } as const;
  const body = (from: string, keys = ['k']) => bodyFor('install', mac(from), keys, { ...asap, notes: [] });

  it('are shared among devices of the same step and product', () => {
    expect(body('15.2')).toBe(body('15.1'));
    expect(body('15.1').command).toContain('<key>ProductVersion</key><string>26.6.2</string>');
    expect(body('11.2').command).not.toContain('ProductVersion');
  });

  it('carry deferrals and priority', () => {
    const order = { installAction: 'InstallLater', maxUserDeferrals: 3, priority: 'High', notes: [] } as const;
    const { command } = bodyFor('install', mac('15.1'), ['k'], { ...order, notes: [] });
    expect(command).toContain('<key>MaxUserDeferrals</key><integer>3</integer>');
    expect(command).toContain('<key>Priority</key><string>High</string>');
  });
});
