import type { EnqueueGroup, Observation, PolicyInput, UpdateState } from '@lamplighter/contracts';
import { cloudEventSource, PolicySpec, unpackGroup } from '@lamplighter/contracts';
import { parseConfig, Tracer } from '@lamplighter/runtime';
import { type PgDatabase, PgOutbox } from '@lamplighter/storage';
import { recordingLog, TestClock, type TestDatabase } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { PgCatalogStore } from '../src/out/pg-catalog-store.ts';
import { PgPlanStore } from '../src/out/pg-plan-store.ts';
import { PgPolicyStore } from '../src/out/pg-policy-store.ts';
import { PgSpecStore } from '../src/out/pg-spec-store.ts';
import { PgHoldStore } from '../src/out/pg-hold-store.ts';
import { PgDeclaredStore } from '../src/out/pg-declared-store.ts';
import { PgForecastStore } from '../src/out/pg-forecast-store.ts';
import { PgPacer } from '../src/out/pg-pacer.ts';
import { PgRingStore } from '../src/out/pg-ring-store.ts';
import { PgUpdateStore } from '../src/out/pg-update-store.ts';
import { PgSettingsStore } from '../src/out/pg-settings-store.ts';
import { PgWaveStore } from '../src/out/pg-wave-store.ts';
import { PgWindowStore } from '../src/out/pg-window-store.ts';
import { AdvanceUpdates } from '../src/steps/advance-updates.ts';
import { ApplyResources } from '../src/steps/apply-resources.ts';
import { ChangeSpecs } from '../src/steps/change-specs.ts';
import { CloseWindow } from '../src/steps/close-window.ts';
import { ControlPolicy } from '../src/steps/control-policy.ts';
import { ControlRollout } from '../src/steps/control-rollout.ts';
import { DeclareSettings } from '../src/steps/declare-settings.ts';
import { EndOverdue } from '../src/steps/end-overdue.ts';
import { HoldBack } from '../src/steps/hold-back.ts';
import { ImportCatalog } from '../src/steps/import-catalog.ts';
import { JudgeRings } from '../src/steps/judge-rings.ts';
import { OpenWindow } from '../src/steps/open-window.ts';
import { PlanRollout } from '../src/steps/plan-rollout.ts';
import { PutPolicy } from '../src/steps/put-policy.ts';
import { PredictFinish } from '../src/steps/predict-finish.ts';
import { RecallStrays } from '../src/steps/recall-strays.ts';
import { ReleaseWave } from '../src/steps/release-wave.ts';

export const TENANT = 'default';
const MINUTE = 60_000;

export const FEED = JSON.stringify({
  PublicAssetSets: {
    iOS: [
      {
        ProductVersion: '26.6',
        Build: '23U67',
        PostingDate: '2026-07-27',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['iPhone15,2', 'iPad13,1', 'AppleTV14,1'],
      },
      {
        ProductVersion: '18.7.8',
        Build: '22H352',
        PostingDate: '2026-07-27',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['iPhone15,2', 'iPhone11,2'],
      },
      {
        ProductVersion: '26.7',
        Build: '23V1',
        PostingDate: '2026-07-27',
        ExpirationDate: '2026-08-01',
        SupportedDevices: ['iPhone15,2'],
      },
    ],
    macOS: [
      {
        ProductVersion: '26.6.2',
        Build: '25G83',
        PostingDate: '2026-08-17',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['J414sAP', 'J313AP'],
      },
      {
        ProductVersion: '15.7.9',
        Build: '24G830',
        PostingDate: '2026-08-17',
        ExpirationDate: '2027-11-20',
        SupportedDevices: ['J414sAP', 'J313AP'],
      },
    ],
  },
});

export interface Device {
  id: string;
  platform?: string;
  os?: string | null;
  model?: string | null;
  zone?: string | null;
  supervised?: boolean | null;
}

export interface EnqueuedCommand {
  deviceId: string;
  commandId: string;
  requestType: string;
  body: string;
  cause: string;
  notBefore?: string;
  expiresAt: string;
  traceparent?: string;
}

const pools = new WeakMap<TestDatabase, PgDatabase>();
function poolOf(database: TestDatabase): PgDatabase {
  const pool = pools.get(database) ?? database.as('update_scheduler');
  pools.set(database, pool);
  return pool;
}

/** One installation's update brain on a database of its own, with hands on its clock. */
export class Night {
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

  /** On an emptied database, with a catalogue. */
  static async begin(
    database: TestDatabase,
    env: Record<string, string> = {},
    at = '2026-11-20T02:00:00Z',
  ): Promise<Night> {
    await database.admin.query({
      text: `TRUNCATE status_ingestion.device, status_ingestion.device_ddm, update_scheduler.policy, update_scheduler.tenant_state, update_scheduler.window,
        update_scheduler.device_group, update_scheduler.spec_version, update_scheduler.release, update_scheduler.release_device,
        update_scheduler.improvement_device, update_scheduler.catalog_product, update_scheduler.catalog_source,
        update_scheduler.rollout, update_scheduler.ring, update_scheduler.pacer, update_scheduler.occurrence, update_scheduler.wave, update_scheduler.device_update,
        update_scheduler.update_event, update_scheduler.outbox`,
    });
    const night = new Night(database, new TestClock(at), env);
    await night.importCatalog.run('test', FEED);
    return night;
  }

  policy(input: Partial<PolicyInput> = {}, policyId?: string) {
    const spec = PolicySpec.parse({ name: 'nightly', pace: { devicesPerMinute: 60_000, spread: 0 }, ...input });
    return this.putPolicy.run({ tenant: TENANT, spec, ...(policyId === undefined ? {} : { policyId }) });
  }

  async devices(...devices: Device[]): Promise<void> {
    for (const {
      id,
      platform = 'iOS',
      os = '18.1',
      model = platform === 'macOS' ? 'J414sAP' : 'iPhone15,2',
      zone = null,
      supervised = true,
    } of devices) {
      await this.database.admin.query(
        {
          text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, product_name, os_version, os_version_key,
                        is_supervised, software_update_device_id, time_zone, updated_at)
                 SELECT $1, $2, true, 1, $3, $4, $5, (p[1] * 1000000 + coalesce(p[2], 0) * 1000 + coalesce(p[3], 0))::bigint, $6, $7, $8, $9
                   FROM (SELECT string_to_array($5, '.')::int[] AS p) v
                 ON CONFLICT (tenant, device_id) DO UPDATE SET os_version = EXCLUDED.os_version, os_version_key = EXCLUDED.os_version_key,
                        is_supervised = EXCLUDED.is_supervised, updated_at = EXCLUDED.updated_at`,
        },
        [
          TENANT,
          id,
          platform,
          platform === 'macOS' ? null : model,
          os,
          supervised,
          platform === 'macOS' ? model : null,
          zone,
          this.clock.now(),
        ],
      );
    }
  }

  /** These have said that they take enforcements by declaration (or, with `false`, that they do not). */
  async declaring(takes: boolean, ...ids: string[]): Promise<void> {
    await this.database.admin.query(
      {
        text: `INSERT INTO status_ingestion.device_ddm (tenant, device_id, state, reported_at, supports_enforcement, updated_at)
               SELECT $1, id, '{}', $3, $4, $3 FROM unnest($2::text[]) AS id`,
      },
      [TENANT, ids, this.clock.now(), takes],
    );
    await this.database.admin.query(
      { text: `UPDATE status_ingestion.device SET enrolled_at = $2 WHERE device_id = ANY($1)` },
      [ids, new Date(this.clock.now().getTime() - 86_400_000)],
    );
  }

  /** Opens what is due and plans it. */
  async openAndPlan(): Promise<void> {
    await this.openWindow.run();
    for (const { occurrenceId } of await this.occurrences())
      await this.planRollout.run({ tenant: TENANT, occurrenceId });
  }

  /** The whole start of a window: open, plan, release all waves that are due. */
  async start(): Promise<void> {
    await this.openAndPlan();
    while (await this.releaseWave.run());
  }

  minutes(count: number): void {
    this.clock.advance(count * MINUTE);
  }

  occurrences() {
    return this.db.query<{
      occurrenceId: string;
      rolloutId: string;
      state: string;
      zone: string;
      planned: number;
      carriedOver: number | null;
      notEligible: number;
      alreadyInstalled: number;
    }>({
      text: `SELECT occurrence_id AS "occurrenceId", rollout_id AS "rolloutId", state, zone, planned, carried_over AS "carriedOver",
                    not_eligible AS "notEligible", already_installed AS "alreadyInstalled" FROM update_scheduler.occurrence ORDER BY opens_at, zone`,
    });
  }

  async states(): Promise<Record<string, string>> {
    const rows = await this.db.query<{ device_id: string; state: string; reason: string | null }>({
      text: `SELECT device_id, state, reason FROM update_scheduler.device_update ORDER BY device_id`,
    });
    return Object.fromEntries(
      rows.map((row) => [row.device_id, row.reason === null ? row.state : `${row.state}: ${row.reason}`]),
    );
  }

  async targets(): Promise<Record<string, string>> {
    const rows = await this.db.query<{ id: string; target: string }>({
      text: `SELECT device_id AS id, target_version AS target FROM update_scheduler.device_update`,
    });
    return Object.fromEntries(rows.map(({ id, target }) => [id, target]));
  }

  async row(deviceId: string): Promise<{
    state: UpdateState;
    step: string;
    commandId: string | null;
    commandedAt: Date | null;
    installSeq: number;
    reason: string | null;
  }> {
    const [row] = await this.db.query<Awaited<ReturnType<Night['row']>>>(
      {
        text: `SELECT state, step, command_id AS "commandId", commanded_at AS "commandedAt", install_seq AS "installSeq", reason FROM update_scheduler.device_update WHERE device_id = $1`,
      },
      [deviceId],
    );
    return row!;
  }

  /** Staged messages of this name, in order. */
  async staged<T>(name: string): Promise<{ id: string; items: T[] }[]> {
    const rows = await this.database.admin.query<{ payload: Buffer }>({
      text: `SELECT payload FROM update_scheduler.outbox ORDER BY outbox_id`,
    });
    return rows
      .map((row) => JSON.parse(row.payload.toString()) as { id: string; source: string; data: T[] })
      .filter((one) => one.source === cloudEventSource(name))
      .map(({ id, data }) => ({ id, items: data }));
  }

  /** Every command that was sent for, in order. */
  async commands(): Promise<EnqueuedCommand[]> {
    const sent = await this.staged<EnqueueGroup>('command.enqueue');
    const groups = sent.flatMap((one) => one.items.map(unpackGroup));
    return groups.flatMap(({ bodies, commands, ...terms }) =>
      commands.map(({ bodyId, ...command }) => {
        const body = bodies.find((one) => one.bodyId === bodyId)!;
        return {
          cause: terms.cause,
          expiresAt: terms.expiresAt,
          ...(terms.notBefore ? { notBefore: terms.notBefore } : {}),
          ...command,
          requestType: body.requestType,
          body: body.command,
        };
      }),
    );
  }

  async lastCommand(deviceId: string): Promise<EnqueuedCommand> {
    return (await this.commands()).filter((one) => one.deviceId === deviceId).at(-1)!;
  }

  /** The device answers its outstanding command; returns the request type of the command that follows. */
  async answer(deviceId: string, observation: Observation): Promise<string | undefined> {
    const { commandId } = await this.row(deviceId);
    await this.advanceUpdates.run(TENANT, [
      { deviceId, commandId: commandId ?? undefined, at: this.clock.now(), what: observation },
    ]);
    const after = await this.row(deviceId);
    return after.commandId === null || after.commandId === commandId
      ? undefined
      : (await this.lastCommand(deviceId)).requestType;
  }

  /** The queue took back its outstanding command, or that one. */
  async revoked(deviceId: string, id?: string): Promise<void> {
    const commandId = id ?? (await this.row(deviceId)).commandId!;
    const what = { kind: 'ended', outcome: 'revoked', handedOver: false, notNowCount: 0 } as const;
    await this.advanceUpdates.run(TENANT, [{ deviceId, commandId, at: this.clock.now(), what }]);
  }

  async expire(deviceId: string, handedOver: boolean, notNowCount = 0): Promise<void> {
    const { commandId } = await this.row(deviceId);
    await this.advanceUpdates.run(TENANT, [
      {
        deviceId,
        commandId: commandId!,
        at: this.clock.now(),
        what: { kind: 'ended', outcome: handedOver ? 'unanswered' : 'expired', handedOver, notNowCount },
      },
    ]);
  }
}
