import { dryRunText } from './policy-dry-run.ts';

describe('lamp policy dry-run', () => {
  it('tells who would be sent what, and why others not', () => {
    const text = dryRunText({
      policyId: null,
      enrolled: 12_000,
      assigned: 11_000,
      targeted: 10_000,
      skipped: 1_000,
      targets: [{ platform: 'iOS', version: '26.6', build: '23U67', devices: 10_000, samples: ['A', 'B', 'C'] }],
      rings: [{ name: 'pilot', devices: 10_000, samples: ['A'] }],
      reasons: [{ reason: 'not-supervised', devices: 1_000, samples: ['Z'] }],
    });
    expect(text).toContain('the policy takes in 11,000: 10,000 would be sent an update, 1,000 not.');
    expect(text).toMatch(/iOS +26\.6 +23U67 +10,000 +A, B/);
    expect(text).toMatch(/pilot +10,000/);
    expect(text).toMatch(/not-supervised +Not supervised +1,000 +Z/);
  });
});
