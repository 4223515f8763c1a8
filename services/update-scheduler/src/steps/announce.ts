import {
  declarationAssign,
  declarationWithdraw,
  derivedUuid,
  message,
  type NewDeclaration,
} from '@lamplighter/contracts';
import type { Outbox, Tx } from '@lamplighter/runtime';
import { ENFORCEMENT_CAUSE, enforcementDeclarations, enforcementTime, followUpTime } from '../domain/enforcement.ts';
import { isImprovement } from '../domain/target.ts';
import type { DueWave } from '../ports/waves.ts';
import type { Move } from '../ports/updates.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { moveTo } from './outgoing.ts';

const MOST_DEVICES = 1_000;

/** A device that is told by declaration when to install. */
export interface Announcement {
  move: Move;
  declarations: NewDeclaration[];
}

/** The device's update, and the declarations that it shares with all of its night that have the same target. */
export function announcementFor(
  wave: DueWave,
  device: StoredUpdate,
  own: { zone: string | undefined; traceparent: string; isFollowUp: boolean },
  now: Date,
): Announcement {
  const { local, dueAt } = (own.isFollowUp ? followUpTime : enforcementTime)(wave, own.zone ?? null, now);
  const { target, byPlatform, enforcement } = wave.spec;
  const wanted = byPlatform[device.platform]?.target ?? target;
  // A build pins the device to the release as it was posted: the security improvements that came after it stay out.
  const takesAny = wanted.kind === 'exact' ? wanted.build === undefined : wanted.securityResponses;
  const anyBuild = takesAny && !isImprovement(device);
  const declarations = enforcementDeclarations({
    version: device.targetVersion,
    build: anyBuild ? '' : device.targetBuild,
    targetLocalDateTime: local,
    detailsUrl: enforcement.detailsUrl,
  });
  const after = {
    state: 'commanded',
    reason: 'waiting-for-its-time',
    step: 'enforce',
    commandId: null,
    commandedAt: now,
    productKey: declarations[0]!.identifier,
    stopsAt: dueAt,
    traceparent: own.traceparent,
  } as const;
  const detail = `Wave ${wave.wave} was released; the device is told to install ${device.targetVersion} at ${local}, its own time.`;
  return { move: moveTo(device, after, detail, now), declarations };
}

/** Stages the declarations: a message for each target, at most 1,000 devices each. */
export async function stageAnnouncements(
  outbox: Outbox,
  tx: Tx,
  to: { tenant: string; at: Date },
  announcements: readonly Announcement[],
): Promise<void> {
  const byTarget = Map.groupBy(announcements, ({ declarations }) => declarations[0]!.identifier);
  for (const [identifier, shared] of byTarget) {
    for (let start = 0; start < shared.length; start += MOST_DEVICES) {
      const chunk = shared.slice(start, start + MOST_DEVICES);
      const updates = chunk.map(({ move: { update } }) => update);
      const id = derivedUuid('declaration.assign', identifier, ...updates.flatMap(keyOf));
      const devices = updates.map(({ deviceId }) => deviceId);
      const item = { cause: ENFORCEMENT_CAUSE, declarations: chunk[0]!.declarations, devices };
      await outbox.stage(tx, declarationAssign, message(declarationAssign, { id, ...to }, [item]), id);
    }
  }
}

/**
 * Takes back what these devices were told: their updates are over. What they were told since for another update stays theirs: all
 * updates share one cause.
 */
export async function stageWithdrawals(
  outbox: Outbox,
  tx: Tx,
  to: { tenant: string; at: Date },
  updates: readonly StoredUpdate[],
): Promise<void> {
  const told = updates.filter(({ lane, commandedAt }) => lane === 'ddm' && commandedAt !== null);
  for (let start = 0; start < told.length; start += MOST_DEVICES) {
    const chunk = told.slice(start, start + MOST_DEVICES);
    const id = derivedUuid('declaration.withdraw', ...chunk.flatMap(keyOf));
    const byTime = Map.groupBy(chunk, ({ commandedAt }) => commandedAt!.getTime());
    const items = [...byTime].map(([at, same]) => ({
      cause: ENFORCEMENT_CAUSE,
      devices: same.map(({ deviceId }) => deviceId),
      // Behind the assignment itself: of two orders of one instant either might hold.
      upTo: new Date(at + 1).toISOString(),
    }));
    await outbox.stage(tx, declarationWithdraw, message(declarationWithdraw, { id, ...to }, items), id);
  }
}

function keyOf({ rolloutId, deviceId, version }: StoredUpdate): (string | number)[] {
  return [rolloutId, deviceId, version];
}
