import { type TargetInput, TargetSpec } from '@lamplighter/contracts';
import { targetBounds } from './target.ts';

const bounds = (target: TargetInput) => targetBounds(TargetSpec.parse(target));

describe('a target', () => {
  it('takes in every release below a maximum, and all of the maximum itself', () => {
    expect(bounds({ kind: 'newest', maximumVersion: '26' }).high).toBe(26_999_999);
    expect(bounds({ kind: 'newest', maximumVersion: '26.5' }).high).toBe(26_005_999);
    expect(bounds({ kind: 'newest', maximumVersion: '26.5.1' }).high).toBe(26_005_001);
  });
  it('is one version where it is exact, and stays within the major where it is a minor', () => {
    expect(bounds({ kind: 'exact', version: '15.7', build: '24G1' })).toMatchObject({
      low: 15_007_000,
      high: 15_007_000,
      build: '24G1',
    });
    expect(bounds({ kind: 'newest-minor' }).withinMajor).toBe(true);
  });
});
