import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { keepDays, StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import type { Config } from './config.ts';
import { ChangesClock } from './in/changes.clock.ts';
import { ClearClock } from './in/clear.clock.ts';
import { DeclarationsResponder } from './in/declarations.responder.ts';
import { OnCommandEndedConsumer } from './in/on-command-ended.consumer.ts';
import { OnDeclarationAssignConsumer } from './in/on-declaration-assign.consumer.ts';
import { OnDeclarationRegroupConsumer } from './in/on-declaration-regroup.consumer.ts';
import { OnDeclarationWithdrawConsumer } from './in/on-declaration-withdraw.consumer.ts';
import { OnDeviceEnrolledConsumer } from './in/on-device-enrolled.consumer.ts';
import { OnDeviceObservedConsumer } from './in/on-device-observed.consumer.ts';
import { SyncResponder } from './in/sync.responder.ts';
import { GroupSetStore } from './ports/group-sets.ts';
import { PgAssignmentStore } from './out/pg-assignment-store.ts';
import { PgDeclarationStore, PgTurns } from './out/pg-declaration-store.ts';
import { PgDevices } from './out/pg-devices.ts';
import { PgGroupSetStore } from './out/pg-group-set-store.ts';
import { PgManifestStore, PgPace } from './out/pg-manifest-store.ts';
import { PgReportStore } from './out/pg-report-store.ts';
import { PgSyncViews } from './out/pg-sync-views.ts';
import { AssignmentStore } from './ports/assignments.ts';
import { DeclarationStore } from './ports/declarations.ts';
import { Devices } from './ports/devices.ts';
import { ManifestStore } from './ports/manifests.ts';
import { Pace } from './ports/pace.ts';
import { ReportStore } from './ports/reports.ts';
import { SyncViews } from './ports/sync.ts';
import { Turns } from './ports/turns.ts';
import { AnswerSync } from './steps/answer-sync.ts';
import { ArrangeDevices } from './steps/arrange-devices.ts';
import { AssignDeclarations } from './steps/assign-declarations.ts';
import { ChangeDeclarations } from './steps/change-declarations.ts';
import { ChangeGroupSets } from './steps/change-group-sets.ts';
import { ChangeSets } from './steps/change-sets.ts';
import { ClearUnused } from './steps/clear-unused.ts';
import { EquipDevices } from './steps/equip-devices.ts';
import { FollowDevices } from './steps/follow-devices.ts';
import { RecordReports } from './steps/record-reports.ts';
import { RenewManifests } from './steps/renew-manifests.ts';
import { TellDevices } from './steps/tell-devices.ts';
import { TellOfChanges } from './steps/tell-of-changes.ts';
import { WithdrawDeclarations } from './steps/withdraw-declarations.ts';

@Module({
  imports: [RuntimeModule, StorageModule.forService('ddm'), MessagingModule.forService('ddm')],
  controllers: [
    OnDeclarationAssignConsumer,
    OnDeclarationWithdrawConsumer,
    OnDeclarationRegroupConsumer,
    OnDeviceEnrolledConsumer,
    OnDeviceObservedConsumer,
    OnCommandEndedConsumer,
    SyncResponder,
    DeclarationsResponder,
  ],
  providers: [
    AssignDeclarations,
    WithdrawDeclarations,
    ChangeDeclarations,
    ChangeSets,
    ChangeGroupSets,
    FollowDevices,
    ArrangeDevices,
    EquipDevices,
    TellDevices,
    TellOfChanges,
    RenewManifests,
    ClearUnused,
    AnswerSync,
    RecordReports,
    ChangesClock,
    ClearClock,
    keepDays<Config>({ schema: 'ddm', table: 'status_report', column: 'at' }, (config) => config.LAMP_DDM_REPORT_DAYS),
    { provide: Turns, useClass: PgTurns },
    { provide: DeclarationStore, useClass: PgDeclarationStore },
    { provide: AssignmentStore, useClass: PgAssignmentStore },
    { provide: ManifestStore, useClass: PgManifestStore },
    { provide: Pace, useClass: PgPace },
    { provide: GroupSetStore, useClass: PgGroupSetStore },
    { provide: SyncViews, useClass: PgSyncViews },
    { provide: ReportStore, useClass: PgReportStore },
    { provide: Devices, useClass: PgDevices },
  ],
})
export class DdmModule {}
