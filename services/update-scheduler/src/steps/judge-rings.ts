import { derivedUuid, message, rolloutHalted } from '@lamplighter/contracts';
import { Clock, Database, EachAlone, Log, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type Halt, type Health, sumOf, verdictOf } from '../domain/health-gate.ts';
import { hasCome } from '../domain/rings.ts';
import type { RingsOfRollout, StoredRing } from '../ports/rings.ts';
import { RingStore } from '../ports/rings.ts';

interface Judged extends StoredRing {
  health: Health;
  /** Only where this judgement halted it. */
  halt?: Halt;
}

/** Opens the rings whose day has come, and halts those that follow a bad one. A halt holds until an operator overrides it. */
@Injectable()
export class JudgeRings {
  private nextLookAt = 0;
  private readonly each: EachAlone<{ tenant: string; rolloutId: string }>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly rings: RingStore,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'the rings of a rollout could not be judged', ['tenant', 'rolloutId']);
  }

  /** All rollouts whose windows are sending. Reads their devices, so at most for a fiftieth of the time. */
  async run(): Promise<void> {
    const startMs = performance.now();
    if (startMs < this.nextLookAt) return;
    await this.each.run(await this.rings.judgeable(this.clock.now()), ({ tenant, rolloutId }) =>
      this.db.transaction((tx) => this.judge(tx, tenant, rolloutId)),
    );
    this.nextLookAt = startMs + (performance.now() - startMs) * 50;
  }

  /**
   * In the transaction of a plan that is about to begin, so that it sees rings as they are now: since the window opened. The windows of
   * many zones open at once, and judging reads all devices of the rollout.
   */
  async judgeFor(tx: Tx, tenant: string, rolloutId: string, openedAt: Date): Promise<void> {
    if (!(await this.rings.isJudged(tx, tenant, rolloutId, openedAt))) await this.judge(tx, tenant, rolloutId);
  }

  async judge(tx: Tx, tenant: string, rolloutId: string): Promise<void> {
    const found = await this.rings.lock(tx, tenant, rolloutId);
    if (!found || found.rings.length === 0 || found.isEmergency || found.spec.emergency) return;
    const now = this.clock.now();
    const judged = judgeAll(found, await this.rings.health(tx, tenant, rolloutId), now);
    await this.rings.save(tx, { tenant, rolloutId, now }, judged);
    for (const ring of judged) if (ring.halt) await this.tell(tx, { tenant, rolloutId, now }, found, ring, ring.halt);
  }

  private async tell(
    tx: Tx,
    { tenant, rolloutId, now }: { tenant: string; rolloutId: string; now: Date },
    { policyId }: RingsOfRollout,
    { ring, name }: StoredRing,
    { reason, rate, limit, sample, detail }: Halt,
  ): Promise<void> {
    const id = derivedUuid('rollout.halted', rolloutId, ring, now.toISOString());
    const item = { rolloutId, policyId, ring, name, reason, rate, limit, sample, detail, at: now.toISOString() };
    await this.outbox.stage(tx, rolloutHalted, message(rolloutHalted, { id, tenant, at: now }, [item]), id);
    this.log.warn({ tenant, rolloutId, ring, reason }, `ring "${name}" is halted: ${detail}`);
  }
}

const NOTHING = sumOf([]);

function judgeAll(
  { rings, spec, localDate }: RingsOfRollout,
  health: ReadonlyMap<number, Health>,
  now: Date,
): Judged[] {
  const of = (ring: number) => health.get(ring) ?? NOTHING;
  return rings.map((ring) => {
    const own = of(ring.ring);
    const earlier = sumOf(rings.filter((one) => one.ring < ring.ring).map((one) => of(one.ring)));
    const isDue = localDate !== null && hasCome(ring, localDate);
    if (ring.state === 'halted' || (ring.state === 'waiting' && !isDue)) return { ...ring, health: own };
    const isGuarded = ring.ring > 0 && ring.overriddenAt === null && spec.healthGate !== undefined;
    const halt = isGuarded ? verdictOf(spec.healthGate!, earlier) : undefined;
    if (halt) {
      const { reason, detail } = halt;
      return { ...ring, state: 'halted', since: now, reason, detail, health: own, halt };
    }
    const state = own.devices > 0 && own.installed === own.devices ? 'done' : 'open';
    return { ...ring, state, since: state === ring.state ? ring.since : now, health: own };
  });
}
