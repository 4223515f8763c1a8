import { commandEnded, derivedUuid, message } from '@lamplighter/contracts';
import type { Outbox, Tx } from '@lamplighter/runtime';
import { inBatches } from '../domain/batches.ts';
import { type Ended, endedSize } from '../domain/ended.ts';

/** Stages what ended. Several devices may share a command's id, and what ends is announced once: ids derive from both. */
export async function announceEnded(
  outbox: Outbox,
  tx: Tx,
  to: { tenant: string; at: Date },
  ended: readonly Ended[],
): Promise<void> {
  const sorted = ended.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const items of inBatches(sorted, endedSize)) {
    const id = derivedUuid('command.ended', to.tenant, ...items.map(keyOf));
    await outbox.stage(tx, commandEnded, message(commandEnded, { id, ...to }, items), id);
  }
}

function keyOf({ deviceId, commandId, outcome }: Ended): string {
  return `${deviceId} ${commandId} ${outcome}`;
}
