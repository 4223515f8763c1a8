import { type Rule, type RuleLine, ruleOf } from './rule.ts';
import { ENDS } from './rules/ends.ts';
import { ENFORCING } from './rules/enforcement.ts';
import { INSTALLING } from './rules/installs.ts';
import { OFFERS } from './rules/offers.ts';
import { EVERY } from './rules/steps.ts';
import type { Trigger } from './happening.ts';
import type { Step } from './update.ts';

/** The first rule that fits decides; what fits none changes nothing. */
const LINES: readonly RuleLine[] = [
  ['*', 'at-target', 'installed', 'end', 'The device runs the target version.'],
  ['*', 'left', 'not-eligible', 'end', 'The device has left management.', 'left-management'],
  [EVERY, 'not-now', 'same', 'stay', 'The device is busy and will ask again.', 'not-now'],
  ...OFFERS,
  ...INSTALLING,
  ...ENFORCING,
  ...ENDS,
];

export const RULES: readonly Rule[] = LINES.map(ruleOf);

const INDEX = new Map<string, Rule>();
for (const entry of RULES) {
  for (const trigger of entry.on) {
    for (const step of entry.steps === '*' ? ['*'] : entry.steps) {
      const key = `${step} ${trigger}`;
      if (!INDEX.has(key)) INDEX.set(key, entry);
    }
  }
}

export function ruleFor(step: Step, trigger: Trigger): Rule | undefined {
  return INDEX.get(`* ${trigger}`) ?? INDEX.get(`${step} ${trigger}`);
}
