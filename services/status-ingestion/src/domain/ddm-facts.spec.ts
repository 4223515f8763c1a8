import { parseStatusReport } from '@lamplighter/apple';
import { Observation } from '@lamplighter/contracts';
import { describe, expect, it } from '@jest/globals';
import { betaEnrollment, ddmCapabilities, declaredStatus, reportedDeclarations, reportedFacts } from './ddm-facts.ts';
import { NOTHING_SAID, withReport } from './ddm-state.ts';

const stateOf = (StatusItems: Record<string, unknown>) =>
  withReport(NOTHING_SAID, parseStatusReport(JSON.stringify({ StatusItems })), 1);

const PENDING = {
  softwareupdate: {
    'install-state': 'failed',
    'install-reason': { reason: ['declaration', 'system-settings'], 'declaration-id': 'lamp.enforce' },
    'pending-version': {
      'os-version': '26.1',
      'build-version': '25B78',
      'target-local-date-time': '2026-11-24T02:00:00',
    },
    'failure-reason': { count: 2, reason: 'not enough space', timestamp: '2026-11-22T03:04:05+02:00' },
    'beta-enrollment': '',
  },
  device: { 'operating-system': { version: '15.7.1', 'build-version': '24G231' } },
};

describe('the status of an update', () => {
  it('is read from the status items', () => {
    expect(declaredStatus(stateOf(PENDING))).toEqual({
      kind: 'declared-status',
      installState: 'failed',
      pendingVersion: '26.1',
      pendingBuild: '25B78',
      targetLocalDateTime: '2026-11-24T02:00:00',
      failure: { count: 2, reason: 'not enough space', at: '2026-11-22T01:04:05.000Z' },
      installReasons: ['declaration', 'system-settings'],
      declarationId: 'lamp.enforce',
      osVersion: '15.7.1',
      buildVersion: '24G231',
    });
    expect(betaEnrollment(stateOf(PENDING))).toBeUndefined();
  });

  it('is nothing but the state where no update is pending', () => {
    const idle = {
      'softwareupdate.install-state': 'none',
      'softwareupdate.install-reason': { reason: [] },
      'softwareupdate.pending-version': { 'os-version': '', 'build-version': '' },
      'softwareupdate.failure-reason': { count: 0 },
    };
    expect(declaredStatus(stateOf(idle))).toEqual({ kind: 'declared-status', installState: 'none' });
    expect(declaredStatus(NOTHING_SAID)).toEqual({ kind: 'declared-status' });
  });

  it.each([
    ['numbers', { 'install-state': 3, 'pending-version': 4, 'failure-reason': 5, 'install-reason': 6 }],
    ['lists', { 'install-state': [], 'pending-version': [1], 'failure-reason': [2], 'install-reason': [[]] }],
    ['null', { 'install-state': null, 'pending-version': null, 'failure-reason': null, 'install-reason': null }],
    [
      'odd members',
      { 'failure-reason': { count: 1e300 }, 'install-reason': { reason: [1, null], 'declaration-id': {} } },
    ],
    ['an odd time', { 'failure-reason': { count: 1, timestamp: '+275000-01-01' } }],
    ['endless texts', { 'install-state': 'x'.repeat(9000), 'failure-reason': { count: 1, reason: 'y'.repeat(9000) } }],
  ])('keeps to the contract with %s', (_what, softwareupdate) => {
    const status = declaredStatus(stateOf({ softwareupdate }));
    expect(Observation.safeParse(status).error).toBeUndefined();
    expect(JSON.stringify(status).length).toBeLessThan(1000);
  });
});

describe('declarations', () => {
  const declaration = (identifier: string, active: boolean, more = {}) => ({
    identifier,
    'server-token': `token of ${identifier}`,
    active,
    valid: active ? 'valid' : 'invalid',
    ...more,
  });

  it('of all kinds are told, those with faults first', () => {
    const reasons = [{ code: 'Error.ConfigurationCannotBeApplied', description: 'too old', details: { a: 1 } }];
    const declarations = {
      activations: [declaration('activation', true)],
      configurations: [declaration('sound', true), declaration('faulty', false, { reasons })],
      assets: [],
      management: ['nonsense', { active: true }],
    };
    const read = reportedDeclarations(stateOf({ 'management.declarations': declarations }))!;
    expect(read.map(({ identifier }) => identifier)).toEqual(['faulty', 'activation', 'sound']);
    expect(read[0]).toEqual({
      identifier: 'faulty',
      serverToken: 'token of faulty',
      active: false,
      valid: 'invalid',
      reasons: [{ code: 'Error.ConfigurationCannotBeApplied', description: 'too old' }],
    });
    const observation = { kind: 'declared-status', declarations: read };
    expect(Observation.safeParse(observation).error).toBeUndefined();
  });

  it('are at most a hundred', () => {
    const configurations = Array.from({ length: 300 }, (_, n) => declaration(`c${n}`, n !== 299));
    const read = reportedDeclarations(stateOf({ 'management.declarations': { configurations } }))!;
    expect(read).toHaveLength(100);
    expect(read[0]!.identifier).toBe('c299');
  });

  it('that were never told are not known to be none', () => {
    expect(reportedDeclarations(NOTHING_SAID)).toBeUndefined();
    expect(reportedDeclarations(stateOf({ 'management.declarations': {} }))).toEqual([]);
  });
});

describe('capabilities', () => {
  it('say whether updates can be enforced', () => {
    const of = (configurations: unknown[]) =>
      ddmCapabilities(
        stateOf({
          'management.client-capabilities': {
            'supported-versions': ['1.0.0'],
            'supported-payloads': {
              declarations: { activations: ['com.apple.activation.simple'], configurations },
              'status-items': ['softwareupdate.install-state', 7],
            },
          },
        }),
      );
    const enforcement = 'com.apple.configuration.softwareupdate.enforcement.specific';
    expect(of([enforcement])).toEqual({
      declarations: ['com.apple.activation.simple', enforcement],
      statusItems: ['softwareupdate.install-state'],
      supportsEnforcement: true,
    });
    expect(of([])).toMatchObject({ supportsEnforcement: false });
    expect(ddmCapabilities(NOTHING_SAID)).toBeUndefined();
    const odd = { 'management.client-capabilities': { 'supported-payloads': 1 } };
    expect(ddmCapabilities(stateOf(odd))).toBeUndefined();
  });
});

describe('facts of the device', () => {
  const state = stateOf({
    ...PENDING,
    'device.model.identifier': 'Mac16,1',
    'device.model.marketing-name': 'MacBook Pro',
    'device.operating-system.supplemental.extra-version': '(a)',
    'softwareupdate.device-id': 'J604AP',
  });

  it('are those that DeviceInformation would tell', () => {
    expect(reportedFacts(state, ['device.operating-system.version'])).toMatchObject({
      platform: 'macOS',
      productName: 'Mac16,1',
      modelName: 'MacBook Pro',
      osVersion: '15.7.1',
      osVersionKey: 15_007_001,
      buildVersion: '24G231',
      supplementalExtra: '(a)',
      softwareUpdateDeviceId: 'J604AP',
    });
  });

  it('are not told anew by a report about other things', () => {
    expect(reportedFacts(state, ['softwareupdate.install-state', 'management.declarations'])).toBeUndefined();
  });
});
