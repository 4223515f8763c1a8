import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { keepDays, StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { AssignmentStore, OutlookStore } from './ports/assignment.ts';
import { CatalogStore, FeedSource } from './ports/catalog.ts';
import type { Config } from './config.ts';
import { CatalogResponder } from './in/catalog.responder.ts';
import { CatalogClock } from './in/catalog.clock.ts';
import { ForecastResponder } from './in/forecast.responder.ts';
import { GroupResponder } from './in/group.responder.ts';
import { DryRunResponder } from './in/dry-run.responder.ts';
import { JoinClock } from './in/join.clock.ts';
import { OnCommandEndedConsumer } from './in/on-command-ended.consumer.ts';
import { OnDeviceLeftConsumer } from './in/on-device-left.consumer.ts';
import { OnDeviceObservedConsumer } from './in/on-device-observed.consumer.ts';
import { EndClock } from './in/end.clock.ts';
import { KeepClock } from './in/keep.clock.ts';
import { OnRolloutPlannedConsumer } from './in/on-rollout-planned.consumer.ts';
import { OnWindowOpenedConsumer } from './in/on-window-opened.consumer.ts';
import { PolicyResponder } from './in/policy.responder.ts';
import { RolloutClock } from './in/rollout.clock.ts';
import { RolloutResponder } from './in/rollout.responder.ts';
import { WaveClock } from './in/wave.clock.ts';
import { SettingsClock } from './in/settings.clock.ts';
import { StrayClock } from './in/stray.clock.ts';
import { WatchClock } from './in/watch.clock.ts';
import { WindowClock } from './in/window.clock.ts';
import { HttpFeedSource } from './out/feed-source.ts';
import { PgAssignmentStore } from './out/pg-assignment-store.ts';
import { PgCatalogStore } from './out/pg-catalog-store.ts';
import { PgOutlookStore } from './out/pg-outlook-store.ts';
import { PgHoldStore } from './out/pg-hold-store.ts';
import { JetStreamBacklog } from './out/jetstream-backlog.ts';
import { PgDeclaredStore } from './out/pg-declared-store.ts';
import { PgDryRunStore } from './out/pg-dry-run-store.ts';
import { PgForecastStore } from './out/pg-forecast-store.ts';
import { PgKeepStore } from './out/pg-keep-store.ts';
import { PgPacer } from './out/pg-pacer.ts';
import { PgPlanStore } from './out/pg-plan-store.ts';
import { PgPolicyStore } from './out/pg-policy-store.ts';
import { PgSpecStore } from './out/pg-spec-store.ts';
import { PgRingStore } from './out/pg-ring-store.ts';
import { PgUpdateStore } from './out/pg-update-store.ts';
import { PgSettingsStore } from './out/pg-settings-store.ts';
import { PgWatchStore } from './out/pg-watch-store.ts';
import { PgWaveStore } from './out/pg-wave-store.ts';
import { PgWindowStore } from './out/pg-window-store.ts';
import { PlanStore } from './ports/plan.ts';
import { PolicyStore, SpecStore } from './ports/policies.ts';
import { UpdateStore } from './ports/updates.ts';
import { WaveStore } from './ports/waves.ts';
import { WindowStore } from './ports/windows.ts';
import { DeclaredStore } from './ports/declared.ts';
import { DryRunStore } from './ports/dry-run.ts';
import { KeepStore } from './ports/keep.ts';
import { Backlog, ForecastStore, Pacer } from './ports/pacer.ts';
import { HoldStore } from './ports/hold.ts';
import { RingStore } from './ports/rings.ts';
import { AdvanceUpdates } from './steps/advance-updates.ts';
import { SettingsStore } from './ports/settings.ts';
import { ApplyResources } from './steps/apply-resources.ts';
import { ChangeSpecs } from './steps/change-specs.ts';
import { CloseWindow } from './steps/close-window.ts';
import { ControlPolicy } from './steps/control-policy.ts';
import { ControlRollout } from './steps/control-rollout.ts';
import { EndOverdue } from './steps/end-overdue.ts';
import { HoldBack } from './steps/hold-back.ts';
import { AskForRefresh } from './steps/ask-for-refresh.ts';
import { ExplainAssignment } from './steps/explain-assignment.ts';
import { ForecastPolicy } from './steps/forecast-policy.ts';
import { ImportCatalog } from './steps/import-catalog.ts';
import { RefreshCatalog } from './steps/refresh-catalog.ts';
import { KeepUpdates } from './steps/keep-updates.ts';
import { RecallStrays } from './steps/recall-strays.ts';
import { LimitFleetReads } from './steps/limit-fleet-reads.ts';
import { LookAhead } from './steps/look-ahead.ts';
import { LookAtGroup } from './steps/look-at-group.ts';
import { DeclareSettings } from './steps/declare-settings.ts';
import { FollowGroupSets } from './steps/follow-group-sets.ts';
import { GroupSetStore } from './ports/group-sets.ts';
import { GroupSetClock } from './in/group-set.clock.ts';
import { PgGroupSetStore } from './out/pg-group-set-store.ts';
import { DryRun } from './steps/dry-run.ts';
import { JudgeRings } from './steps/judge-rings.ts';
import { OpenWindow } from './steps/open-window.ts';
import { PlanRollout } from './steps/plan-rollout.ts';
import { PutPolicy } from './steps/put-policy.ts';
import { PredictFinish } from './steps/predict-finish.ts';
import { ReleaseWave } from './steps/release-wave.ts';
import { WatchDevices } from './steps/watch-devices.ts';
import { WatchStore } from './ports/watch.ts';

@Module({
  imports: [
    RuntimeModule,
    StorageModule.forService('update_scheduler'),
    MessagingModule.forService('update-scheduler'),
  ],
  controllers: [
    OnRolloutPlannedConsumer,
    OnWindowOpenedConsumer,
    OnDeviceObservedConsumer,
    OnCommandEndedConsumer,
    OnDeviceLeftConsumer,
    PolicyResponder,
    GroupResponder,
    ForecastResponder,
    RolloutResponder,
    DryRunResponder,
    CatalogResponder,
  ],
  providers: [
    // Partitions first, then what writes to them.
    CatalogClock,
    EndClock,
    WindowClock,
    RolloutClock,
    WaveClock,
    JoinClock,
    SettingsClock,
    GroupSetClock,
    StrayClock,
    WatchClock,
    WatchDevices,
    OpenWindow,
    CloseWindow,
    PlanRollout,
    JudgeRings,
    PredictFinish,
    DryRun,
    ReleaseWave,
    AdvanceUpdates,
    PutPolicy,
    ApplyResources,
    ChangeSpecs,
    ControlPolicy,
    LookAtGroup,
    LimitFleetReads,
    LookAhead,
    ForecastPolicy,
    ExplainAssignment,
    ControlRollout,
    DeclareSettings,
    FollowGroupSets,
    EndOverdue,
    HoldBack,
    RecallStrays,
    KeepUpdates,
    KeepClock,
    ImportCatalog,
    RefreshCatalog,
    AskForRefresh,
    keepDays(
      { schema: 'update_scheduler', table: 'update_event', column: 'at' },
      (config: Config) => config.LAMP_EVENT_DAYS,
    ),
    { provide: WindowStore, useClass: PgWindowStore },
    { provide: SettingsStore, useClass: PgSettingsStore },
    { provide: GroupSetStore, useClass: PgGroupSetStore },
    { provide: PlanStore, useClass: PgPlanStore },
    { provide: DryRunStore, useClass: PgDryRunStore },
    { provide: Pacer, useClass: PgPacer },
    { provide: Backlog, useClass: JetStreamBacklog },
    { provide: ForecastStore, useClass: PgForecastStore },
    { provide: KeepStore, useClass: PgKeepStore },
    { provide: RingStore, useClass: PgRingStore },
    { provide: HoldStore, useClass: PgHoldStore },
    { provide: DeclaredStore, useClass: PgDeclaredStore },
    { provide: WatchStore, useClass: PgWatchStore },
    { provide: WaveStore, useClass: PgWaveStore },
    { provide: UpdateStore, useClass: PgUpdateStore },
    { provide: OutlookStore, useClass: PgOutlookStore },
    { provide: AssignmentStore, useClass: PgAssignmentStore },
    { provide: PolicyStore, useClass: PgPolicyStore },
    { provide: SpecStore, useClass: PgSpecStore },
    { provide: CatalogStore, useClass: PgCatalogStore },
    { provide: FeedSource, useClass: HttpFeedSource },
  ],
})
export class UpdateSchedulerModule {}
