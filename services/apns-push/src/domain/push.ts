import {
  type commandEnqueued,
  commandsIn,
  type commandsEnqueued,
  type ItemOf,
  type Message,
  type pushRequest,
} from '@lamplighter/contracts';
import type { PushOutcome } from './apns-answer.ts';

export type PushRequestItem = Omit<ItemOf<typeof pushRequest>, 'reason'>;

/** One device to be woken. */
export interface PushJob {
  tenant: string;
  deviceId: string;
  /** Of the message that asked for it. */
  requestId: string;
  expiresAt: Date;
  traceparent?: string | undefined;
}

/** What became of a job. */
export interface PushResult extends PushJob {
  at: Date;
  outcome: PushOutcome;
  reason?: string | undefined;
  goneAt?: Date | undefined;
  apnsId?: string | undefined;
}

/** One job a device, however often it was asked for: the request that lasts longest. */
export function jobsOf(batch: readonly Message<PushRequestItem>[]): PushJob[] {
  const jobs = new Map<string, Map<string, PushJob>>();
  for (const { id, tenant, items } of batch) {
    const ofTenant = jobs.get(tenant) ?? new Map<string, PushJob>();
    jobs.set(tenant, ofTenant);
    for (const { deviceId, expiresAt, traceparent } of items) {
      const held = ofTenant.get(deviceId);
      const job = { tenant, deviceId, requestId: id, expiresAt: new Date(expiresAt), traceparent };
      if (held === undefined || held.expiresAt < job.expiresAt) ofTenant.set(deviceId, job);
    }
  }
  return [...jobs.values()].flatMap((ofTenant) => [...ofTenant.values()]);
}

/**
 * What of new commands asks for a push. One that is past asks for none: events are kept, and may all come again, while the
 * queue itself ends the commands.
 */
export function wakesOf({ items }: Message<ItemOf<typeof commandEnqueued>>, now: Date): PushRequestItem[] {
  return items.flatMap(({ deviceId, pushUntil, traceparent }) =>
    pushUntil === undefined || isPast(new Date(pushUntil), now)
      ? []
      : [{ deviceId, expiresAt: pushUntil, traceparent }],
  );
}

/** The same of many new commands. */
export function wakesOfMany({ items }: Message<ItemOf<typeof commandsEnqueued>>, now: Date): PushRequestItem[] {
  return items.flatMap(({ pushUntil, ...columns }) =>
    pushUntil === undefined || isPast(new Date(pushUntil), now)
      ? []
      : commandsIn(columns).map(({ deviceId, traceparent }) => ({ deviceId, expiresAt: pushUntil, traceparent })),
  );
}

/** The epoch itself is no time to be past: it is APNs' word for one attempt, with nothing kept for a device that is away. */
export function isPast(expiresAt: Date, now: Date): boolean {
  return expiresAt <= now && expiresAt.getTime() !== 0;
}
