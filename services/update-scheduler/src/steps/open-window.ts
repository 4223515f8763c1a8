import { derivedTraceparent, derivedUuid, message, windowOpened } from '@lamplighter/contracts';
import { Clock, Database, EachAlone, Log, Outbox, Tracer, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ringsAtStart } from '../domain/rings.ts';
import { Nights } from '../domain/nights.ts';
import { deadlineDay, EMERGENCY, isBlackedOut, type KeyedWindow, type Occurrence } from '../domain/window.ts';
import type { ActivePolicy, OpenedOccurrence } from '../ports/windows.ts';
import { WindowStore } from '../ports/windows.ts';

/** Opens the occurrences whose time has come. Any number of schedulers may: each opens once. */
@Injectable()
export class OpenWindow {
  private zones: ReadonlyMap<string, readonly string[]> = new Map();
  private zonesUntil = 0;
  private readonly nights = new Nights();
  /** Those that are open and stored: they are not tried again at each tick. */
  private stored: ReadonlySet<string> = new Set();
  private readonly each: EachAlone<OfPolicy>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly windows: WindowStore,
    private readonly tracer: Tracer,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'the windows of a policy could not be opened', ['tenant', 'policyId']);
  }

  /** How many were opened. */
  async run(): Promise<number> {
    const startMs = Date.now();
    const now = this.clock.now();
    const policies = await this.windows.activePolicies();
    if (policies.length === 0) return 0;
    await this.readZones();
    const due = policies.flatMap((policy) => this.dueOf(policy, now));
    const unknown = due.filter((one) => !this.stored.has(keyOf(one)));
    if (unknown.length === 0) return 0;
    const stored = new Set(this.stored);
    const opened: OpenedOccurrence[] = [];
    await this.each.run(byPolicy(unknown), async ({ occurrences }) => {
      opened.push(...(await this.store(occurrences, now)));
      for (const one of occurrences) stored.add(keyOf(one));
    });
    this.stored = new Set(due.map(keyOf).filter((key) => stored.has(key)));
    this.tell(opened, startMs);
    return opened.length;
  }

  /** Returns those that were not there yet. */
  private store(occurrences: readonly OpenedOccurrence[], now: Date): Promise<OpenedOccurrence[]> {
    return this.db.transaction(async (tx) => {
      const added = await this.windows.open(tx, occurrences);
      for (const one of added) await this.announce(tx, one, now);
      return added;
    });
  }

  private tell(opened: readonly OpenedOccurrence[], startMs: number): void {
    for (const { traceparent, occurrenceId, rolloutId, zone } of opened) {
      this.tracer.rootSpan(traceparent, 'open-window', {
        startMs,
        endMs: Date.now(),
        attributes: { 'lamp.zone': zone },
      });
      this.log.info({ occurrenceId, rolloutId, zone }, 'window opened');
    }
  }

  /** Reads the fleet, so at most for a fiftieth of the time. */
  private async readZones(): Promise<void> {
    const startMs = performance.now();
    if (startMs < this.zonesUntil) return;
    this.zones = await this.windows.zones();
    const tookMs = performance.now() - startMs;
    this.zonesUntil = startMs + tookMs * 50;
  }

  /** A policy that cannot be computed keeps no other from opening. */
  private dueOf(policy: ActivePolicy, now: Date): OpenedOccurrence[] {
    try {
      return this.openOf(policy, now);
    } catch (error) {
      const { tenant, policyId, version } = policy;
      this.log.error({ err: error, tenant, policyId, version }, 'the windows of a policy cannot be computed');
      return [];
    }
  }

  private openOf(policy: ActivePolicy, now: Date): OpenedOccurrence[] {
    const isEmergency = policy.spec.emergency || policy.emergency;
    const windows = isEmergency ? [EMERGENCY] : policy.windows;
    return windows.flatMap((window) => {
      const { spec } = window;
      const zones =
        spec.zone === 'device' ? new Set([...(this.zones.get(policy.tenant) ?? []), spec.defaultZone]) : ['*'];
      const blackouts = isEmergency ? [] : [...policy.spec.blackouts, ...(spec.blackouts ?? [])];
      return [...zones].flatMap((zone) => {
        const occurrence = this.nights.current(spec, zone === '*' ? spec.zone : zone, now);
        if (!occurrence || now >= occurrence.stopsAt || isBlackedOut(blackouts, occurrence.localDate)) return [];
        return [opened(policy, window, zone, occurrence, now)];
      });
    });
  }

  private async announce(tx: Tx, one: OpenedOccurrence, now: Date): Promise<void> {
    const { occurrenceId, policyId, rolloutId, zone, traceparent } = one;
    const item = {
      occurrenceId,
      policyId,
      rolloutId,
      zone,
      traceparent,
      opensAt: one.opensAt.toISOString(),
      stopsAt: one.stopsAt.toISOString(),
      closesAt: one.closesAt.toISOString(),
    };
    await this.outbox.stage(
      tx,
      windowOpened,
      message(windowOpened, { id: occurrenceId, tenant: one.tenant, at: now, traceparent }, [item]),
      occurrenceId,
    );
  }
}

interface OfPolicy {
  tenant: string;
  policyId: string;
  occurrences: OpenedOccurrence[];
}

function byPolicy(all: readonly OpenedOccurrence[]): OfPolicy[] {
  const groups = Map.groupBy(all, ({ tenant, policyId }) => `${tenant} ${policyId}`).values();
  return [...groups].map((occurrences) => {
    const { tenant, policyId } = occurrences[0]!;
    return { tenant, policyId, occurrences };
  });
}

/** With its rollout: a new version of the policy has one of its own, also where the night is open already. */
function keyOf({ tenant, occurrenceId, rolloutId }: OpenedOccurrence): string {
  return `${tenant} ${occurrenceId} ${rolloutId}`;
}

function opened(
  policy: ActivePolicy,
  { key, spec: window }: KeyedWindow,
  zone: string,
  occurrence: Occurrence,
  openedAt: Date,
): OpenedOccurrence {
  const { tenant, policyId, version, spec } = policy;
  const occurrenceId = derivedUuid('occurrence', tenant, policyId, key, zone, occurrence.localDate);
  return {
    ...occurrence,
    tenant,
    occurrenceId,
    policyId,
    policyVersion: version,
    spec,
    window: key,
    zone,
    defaultZone: window.defaultZone,
    deadlineAt: deadlineDay(spec.deadline, window, zone === '*' ? window.zone : zone) ?? null,
    rings: ringsAtStart(spec.rings, occurrence.localDate, spec.emergency || policy.emergency),
    openedAt,
    rolloutId: derivedUuid('rollout', tenant, policyId, version),
    traceparent: derivedTraceparent(1, 'window', occurrenceId),
  };
}
