import type { Platform, UpdateState } from '@lamplighter/contracts';
import { arrayItems, instantOf } from '@lamplighter/storage';
import type { Step, StoredUpdate } from '../domain/update.ts';

type Own = Pick<StoredUpdate, 'place' | 'deviceId' | 'commandId' | 'commandedAt' | 'progressedAt' | 'traceparent'>;
type Shared = Omit<StoredUpdate, keyof Own>;

/** As `openUpdates` gives them. */
export interface OpenRow extends Own {
  shared: string;
}

export function updatesOf(rows: readonly OpenRow[]): StoredUpdate[] {
  const known = new Map<string, Shared>();
  return rows.map(({ place, deviceId, commandId, commandedAt, progressedAt, traceparent, shared: text }) => {
    let shared = known.get(text);
    if (shared === undefined) known.set(text, (shared = sharedOf(text)));
    return { ...shared, place, deviceId, commandId, commandedAt, progressedAt, traceparent };
  });
}

/** In the order of the statement. */
function sharedOf(text: string): Shared {
  const [rolloutId, occurrenceId, state, reason, step, platform, lane, fromVersion, targetVersion, ...more] =
    arrayItems(text);
  const [targetBuild, productKey, commandSeq, installSeq, version, stopsAt, progress, resends, deadlineAt, ring] = more;
  return {
    rolloutId: rolloutId!,
    occurrenceId: occurrenceId!,
    state: state as UpdateState,
    reason: reason ?? null,
    step: step as Step,
    platform: platform as Platform,
    lane: lane as 'mdm' | 'ddm',
    fromVersion: fromVersion ?? null,
    targetVersion: targetVersion!,
    targetBuild: targetBuild!,
    productKey: productKey ?? null,
    commandSeq: Number(commandSeq),
    installSeq: Number(installSeq),
    version: Number(version),
    stopsAt: instantOf(stopsAt!),
    progress: progress ?? null,
    resends: Number(resends),
    deadlineAt: deadlineAt ? instantOf(deadlineAt) : null,
    ring: ring ? Number(ring) : null,
  };
}
