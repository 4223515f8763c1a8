import {
  type Device,
  type LastUpdate,
  reasonOf,
  type UpdateState,
  type DeviceUpdateStatus,
} from '@lamplighter/contracts';
import type { History, UpdateRow } from './timeline.ts';
import { isInFlight } from './why/known.ts';

type Update = Device['updates'][number];

/** The update that is under way, else the one of the newest rollout; null where the device never took part in one. */
export function updateStatusOf(updates: readonly Update[], history: History): DeviceUpdateStatus | null {
  const update = updates.find(isInFlight) ?? updates[0];
  if (!update) return null;
  const { rolloutId, policyName, targetVersion, targetBuild, state, reason, commandedAt } = update;
  const events = latestAttempt(history.updates.filter((event) => event.rolloutId === rolloutId));
  const reached = (to: UpdateState) => events.find((event) => event.toState === to)?.at.toISOString() ?? null;
  return {
    rolloutId,
    policyName,
    targetVersion,
    targetBuild,
    state,
    reason,
    reasonTitle: reason === null ? null : reasonOf(reason).title,
    plannedAt: reached('planned'),
    commandSentAt: sentAt(history, rolloutId, events[0]?.at),
    commandReceivedAt: commandedAt,
    downloadingAt: reached('downloading'),
    downloadedAt: reached('downloaded'),
    installingAt: reached('installing'),
    installedAt: state === 'installed' ? reached('installed') : null,
  };
}

/** Of all rollouts; null where none was installed from here. What was at its target already does not count. */
export function lastUpdateOf(updates: readonly Update[], history: History): LastUpdate | null {
  const installed = history.updates.filter(
    (event) => event.toState === 'installed' && isInFlight({ state: event.fromState as UpdateState, reason: null }),
  );
  const last = installed.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  const update = updates.find((one) => one.rolloutId === last?.rolloutId);
  if (!last || !update) return null;
  return {
    rolloutId: update.rolloutId,
    fromVersion: update.fromVersion,
    toVersion: update.targetVersion,
    toBuild: update.targetBuild,
    installedAt: last.at.toISOString(),
  };
}

/** From the last time that it was planned on, oldest first. */
function latestAttempt(events: readonly UpdateRow[]): UpdateRow[] {
  const sorted = events.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return sorted.slice(
    Math.max(
      0,
      sorted.findLastIndex((event) => event.toState === 'planned'),
    ),
  );
}

/** When the first ScheduleOSUpdate of the attempt was handed over. */
function sentAt({ commands }: History, rolloutId: string, since: Date | undefined): string | null {
  const times = commands
    .filter(({ requestType, cause }) => requestType === 'ScheduleOSUpdate' && cause === rolloutId)
    .flatMap((command) => (command.sentAt === null || (since && command.createdAt < since) ? [] : [command.sentAt]));
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0]?.toISOString() ?? null;
}
