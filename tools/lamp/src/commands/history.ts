import { differencesOf, type SpecVersion } from '@lamplighter/contracts';

import { dateTime } from '../words.ts';
import { differenceText } from './apply.ts';

/** What each version changed, newest first, as `versionsOf` gives them. */
export function historyText(versions: readonly SpecVersion[]): string {
  return versions.map((version, index) => entry(version, versions[index + 1])).join('\n');
}

function entry({ version, spec, why, changedAt, changedBy }: SpecVersion, before: SpecVersion | undefined): string {
  const head = `version ${version}  ${dateTime(changedAt)}  ${changedBy ?? 'unknown'}`;
  if (spec === null) return `${head}\n    removed`;
  if (why !== null) return `${head}\n    ${why}`;
  if (!before?.spec) return `${head}\n    created`;
  return [head, ...differencesOf(before.spec, spec).map((one) => `    ${differenceText(one)}`)].join('\n');
}
