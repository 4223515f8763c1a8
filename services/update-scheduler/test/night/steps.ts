import { parseConfig, Tracer } from '@lamplighter/runtime';
import { type PgDatabase, PgOutbox } from '@lamplighter/storage';
import { recordingLog, type TestClock, type TestDatabase } from '@lamplighter/testing';
import { config } from '../../src/config.ts';
import { PgCatalogStore } from '../../src/out/pg-catalog-store.ts';
import { PgPlanStore } from '../../src/out/pg-plan-store.ts';
import { PgPolicyStore } from '../../src/out/pg-policy-store.ts';
import { PgSpecStore } from '../../src/out/pg-spec-store.ts';
import { PgHoldStore } from '../../src/out/pg-hold-store.ts';
import { PgDeclaredStore } from '../../src/out/pg-declared-store.ts';
import { PgForecastStore } from '../../src/out/pg-forecast-store.ts';
import { PgPacer } from '../../src/out/pg-pacer.ts';
import { PgRingStore } from '../../src/out/pg-ring-store.ts';
import { PgUpdateStore } from '../../src/out/pg-update-store.ts';
import { PgSettingsStore } from '../../src/out/pg-settings-store.ts';
import { PgWaveStore } from '../../src/out/pg-wave-store.ts';
import { PgWindowStore } from '../../src/out/pg-window-store.ts';
import { AdvanceUpdates } from '../../src/steps/advance-updates.ts';
import { ApplyResources } from '../../src/steps/apply-resources.ts';
import { ChangeSpecs } from '../../src/steps/change-specs.ts';
import { CloseWindow } from '../../src/steps/close-window.ts';
import { ControlPolicy } from '../../src/steps/control-policy.ts';
import { ControlRollout } from '../../src/steps/control-rollout.ts';
import { DeclareSettings } from '../../src/steps/declare-settings.ts';
import { EndOverdue } from '../../src/steps/end-overdue.ts';
import { HoldBack } from '../../src/steps/hold-back.ts';
import { ImportCatalog } from '../../src/steps/import-catalog.ts';
import { JudgeRings } from '../../src/steps/judge-rings.ts';
import { OpenWindow } from '../../src/steps/open-window.ts';
import { PlanRollout } from '../../src/steps/plan-rollout.ts';
import { PutPolicy } from '../../src/steps/put-policy.ts';
import { PredictFinish } from '../../src/steps/predict-finish.ts';
import { RecallStrays } from '../../src/steps/recall-strays.ts';
import { ReleaseWave } from '../../src/steps/release-wave.ts';

const pools = new WeakMap<TestDatabase, PgDatabase>();
function poolOf(database: TestDatabase): PgDatabase {
  const pool = pools.get(database) ?? database.as('update_scheduler');
  pools.set(database, pool);
  return pool;
}

/** The steps of one installation's update brain, on their real stores. */
export class NightSteps {
  readonly log = recordingLog();
  readonly db: PgDatabase;
  readonly windows: PgWindowStore;
  readonly plans: PgPlanStore;
  readonly waves: PgWaveStore;
  readonly updates: PgUpdateStore;
  readonly specs = new PgSpecStore();
  readonly openWindow: OpenWindow;
  readonly closeWindow: CloseWindow;
  readonly judgeRings: JudgeRings;
  readonly pacer: PgPacer;
  readonly predictFinish: PredictFinish;
  /** What the broker says is waiting; NaN: it does not answer. */
  waitingMessages = 0;
  readonly planRollout: PlanRollout;
  readonly releaseWave: ReleaseWave;
  readonly advanceUpdates: AdvanceUpdates;
  readonly putPolicy: PutPolicy;
  readonly applyResources: ApplyResources;
  readonly controlPolicy: ControlPolicy;
  readonly controlRollout: ControlRollout;
  readonly holds: PgHoldStore;
  readonly holdBack: HoldBack;
  readonly recallStrays: RecallStrays;
  readonly endOverdue: EndOverdue;
  readonly declareSettings: DeclareSettings;
  readonly importCatalog: ImportCatalog;

  constructor(
    readonly database: TestDatabase,
    readonly clock: TestClock,
    env: Record<string, string> = {},
  ) {
    const settings = parseConfig('update-scheduler', config, { LAMP_TRACE_SAMPLE: '1', ...env });
    this.db = poolOf(database);
    const outbox = new PgOutbox(this.db, 'update_scheduler', 'lamp');
    const tracer = new Tracer();
    this.windows = new PgWindowStore(this.db);
    this.plans = new PgPlanStore(this.db);
    this.updates = new PgUpdateStore(this.db);
    this.pacer = new PgPacer(settings, this.db, {
      waiting: async () => {
        if (Number.isNaN(this.waitingMessages)) throw new Error('the broker does not answer');
        return this.waitingMessages;
      },
    });
    this.waves = new PgWaveStore(this.db, this.pacer);
    this.predictFinish = new PredictFinish(clock, this.pacer, new PgForecastStore(this.db));
    const policies = new PgPolicyStore(this.db);
    this.openWindow = new OpenWindow(clock, this.db, outbox, this.windows, tracer, this.log);
    this.closeWindow = new CloseWindow(clock, this.db, outbox, this.windows, this.waves, this.updates, this.log);
    const rings = new PgRingStore(this.db);
    this.judgeRings = new JudgeRings(clock, this.db, outbox, rings, this.log);
    this.planRollout = new PlanRollout(settings, clock, this.db, outbox, this.plans, this.judgeRings, tracer, this.log);
    this.declareSettings = new DeclareSettings(
      clock,
      this.db,
      outbox,
      this.plans,
      new PgSettingsStore(this.db),
      this.log,
    );
    const declared = new PgDeclaredStore(this.db);
    this.recallStrays = new RecallStrays(clock, this.db, outbox, declared, this.updates, this.log);
    this.releaseWave = new ReleaseWave(settings, clock, this.db, outbox, this.waves, this.updates, tracer, this.log);
    this.advanceUpdates = new AdvanceUpdates(settings, clock, this.db, outbox, this.updates, tracer);
    this.holds = new PgHoldStore(this.db);
    this.controlRollout = new ControlRollout(
      clock,
      this.db,
      outbox,
      policies,
      rings,
      this.holds,
      this.updates,
      this.log,
    );
    this.holdBack = new HoldBack(clock, this.db, outbox, this.holds, this.updates, this.log);
    this.endOverdue = new EndOverdue(settings, clock, this.db, outbox, this.updates, this.log);
    const changes = new ChangeSpecs(settings, clock, this.db, this.specs, this.controlRollout, this.log);
    this.putPolicy = new PutPolicy(this.db, this.specs, changes);
    this.applyResources = new ApplyResources(changes);
    this.controlPolicy = new ControlPolicy(clock, this.db, this.specs, this.holds, this.log);
    this.importCatalog = new ImportCatalog(this.db, new PgCatalogStore(this.db), this.log);
  }
}
