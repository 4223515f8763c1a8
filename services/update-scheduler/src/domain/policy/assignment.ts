import type { Judgement, Path } from './judge.ts';

/** Groups that there are; nothing that is included and excluded at once. */
export function judgeAssignment(judgement: Judgement): void {
  const { assignment, rings } = judgement.spec;
  knownGroups(judgement, ['assignment', 'groups'], assignment.groups);
  knownGroups(judgement, ['assignment', 'excludedGroups'], assignment.excludedGroups);
  rings.forEach((ring, index) => knownGroups(judgement, ['rings', index, 'groups'], ring.groups ?? []));
  contradictions(judgement, 'groups', 'excludedGroups');
  contradictions(judgement, 'devices', 'excludedDevices');
}

function knownGroups(judgement: Judgement, path: Path, names: readonly string[]): void {
  names.forEach((name, index) => {
    if (judgement.known.groups.has(name)) return;
    judgement.fault([...path, index], {
      message: `there is no group "${name}"`,
      remedy:
        'create the group first, or apply it together with the policy; "lamp group list" shows those that there are',
    });
  });
}

function contradictions(
  judgement: Judgement,
  included: 'groups' | 'devices',
  excluded: 'excludedGroups' | 'excludedDevices',
): void {
  const { assignment } = judgement.spec;
  const out = new Set(assignment[excluded]);
  assignment[included].forEach((name, index) => {
    if (!out.has(name)) return;
    judgement.warn(['assignment', included, index], {
      message: `"${name}" stands under ${excluded} too, which wins: it takes no part`,
      remedy: `take it out of ${included} or of ${excluded}`,
    });
  });
}
