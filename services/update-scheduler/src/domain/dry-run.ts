import type { DryRun, RingSpec } from '@lamplighter/contracts';

/** Devices of which all is the same that a dry run tells. */
export interface JudgedGroup {
  /** Null: they would be sent an update. */
  reason: string | null;
  platform: string;
  version: string;
  build: string;
  /** Its place; null where there are no rings, or none takes them in. */
  ring: number | null;
  devices: number;
  first: string;
  last: string;
}

const MOST_SAMPLES = 6;

/** Sums up what was judged: skipped devices by reason, targeted ones by target and by ring. */
export function dryRunOf(
  groups: readonly JudgedGroup[],
  rings: readonly RingSpec[],
): Pick<DryRun, 'assigned' | 'targeted' | 'skipped' | 'reasons' | 'targets' | 'rings'> {
  const targeted = groups.filter((one) => one.reason === null);
  const skipped = groups.filter((one) => one.reason !== null);
  const [targets, reasons] = [sums(targeted), sums(skipped)];
  return {
    assigned: targets + reasons,
    targeted: targets,
    skipped: reasons,
    reasons: byKey(skipped, (one) => one.reason!).map(([, of]) => ({ reason: of[0]!.reason!, ...countOf(of) })),
    targets: byKey(targeted, (one) => `${one.platform} ${one.version} ${one.build}`).map(([, of]) => {
      const { platform, version, build } = of[0]!;
      return { platform, version, build, ...countOf(of) };
    }),
    rings: rings.map(({ name }, place) => ({ name, ...countOf(targeted.filter((one) => one.ring === place)) })),
  };
}

/** Most devices first. */
function byKey(groups: readonly JudgedGroup[], key: (one: JudgedGroup) => string): [string, JudgedGroup[]][] {
  return [...Map.groupBy(groups, key)].toSorted(([a, x], [b, y]) => sums(y) - sums(x) || (a < b ? -1 : 1));
}

function countOf(groups: readonly JudgedGroup[]): { devices: number; samples: string[] } {
  const samples = [...new Set(groups.flatMap(({ first, last }) => [first, last]))].slice(0, MOST_SAMPLES);
  return { devices: sums(groups), samples };
}

function sums(groups: readonly JudgedGroup[]): number {
  return groups.reduce((sum, { devices }) => sum + devices, 0);
}
