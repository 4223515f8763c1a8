import type { Why } from '@lamplighter/contracts';

import { describeReasons, describeWhy } from './why.ts';

const told: Why = {
  deviceId: '00008030-001A2B3C4D5E6F70',
  serialNumber: 'F2LX1234ABCD',
  verdict: 'Waits for its window, which opens 2026-11-23 02:00 Europe/Zurich',
  code: 'window-not-open',
  class: 'window',
  explanation: 'Policy "nightly" has the device.',
  next: { text: 'Its window opens.', at: '2026-11-23T01:00:00.000Z' },
  action: 'Nothing.',
  policy: { policyId: '6f1c1f5e-0000-8000-8000-000000000001', name: 'nightly', version: 3 },
  rolloutId: null,
  state: null,
  osVersion: '18.1',
  target: { version: '26.6', build: '23U67' },
  evidence: [{ kind: 'contact', text: 'last seen 2 hours ago', at: '2026-11-22T01:00:00.000Z' }],
  now: '2026-11-22T03:00:00.000Z',
};

describe('lamp why', () => {
  it('begins with the verdict and ends with what it rests on', () => {
    const lines = describeWhy(told).split('\n');
    expect(lines[0]).toBe(told.verdict);
    expect(lines).toContain('to do  Nothing.');
    expect(lines).toContain('OS      18.1, target 26.6 (23U67)');
    expect(lines.at(-1)).toBe('  2026-11-22 01:00:00  contact  last seen 2 hours ago');
  });

  it('of a rollout lists the most frequent reason first, with an example', () => {
    const item = {
      state: 'failed',
      code: 'insufficient-space',
      class: 'space',
      title: 'Too little free space',
      explanation: '',
      action: 'Free space.',
      devices: 1200,
      examples: ['a', 'z'],
    } as const;
    const reasons = {
      rolloutId: '6f1c1f5e-0000-8000-8000-000000000001',
      policyName: 'nightly',
      policyVersion: 3,
      state: 'running',
      devices: 2000,
      installed: 800,
      now: told.now,
    };
    expect(describeReasons({ ...reasons, items: [{ ...item, examples: [...item.examples] }] })).toContain(
      '1,200    Too little free space  failed  a            Free space.',
    );
    expect(describeReasons({ ...reasons, items: [] })).toBe('nightly v3, running: 800 of 2,000 devices are installed.');
  });
});
