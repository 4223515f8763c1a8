import type { Fault, PolicySpec } from '@lamplighter/contracts';
import { judgeAssignment } from './assignment.ts';
import { judgeInstallation } from './installation.ts';
import { Judgement, type Known } from './judge.ts';
import { judgeRings } from './rings.ts';
import { judgeSettings } from './settings.ts';
import { judgeTargets } from './targets.ts';
import { judgeWindows } from './windows.ts';

/**
 * A policy as a whole: what its shape cannot say. `faults` are what cannot be done (Apple's limits, references to nothing,
 * fields that contradict each other); `warnings` are what is done otherwise than the policy says. Nothing is thrown.
 */
export function faultsOfPolicy(spec: PolicySpec, known: Known): { faults: Fault[]; warnings: Fault[] } {
  const judgement = new Judgement(spec, known);
  judgeAssignment(judgement);
  judgeTargets(judgement);
  judgeInstallation(judgement);
  judgeWindows(judgement);
  judgeRings(judgement);
  judgeSettings(judgement);
  return { faults: judgement.faults, warnings: judgement.warnings };
}
