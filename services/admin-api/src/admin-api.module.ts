import { sourceKeyContext } from '@lamplighter/contracts';
import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { keepSealed, StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { AgentViews } from './ports/agents.ts';
import { AgentReportsController } from './in/agent-reports.controller.ts';
import { AnswersController } from './in/answers.controller.ts';
import { ReleaseViews } from './ports/catalog.ts';
import { CatalogController } from './in/catalog.controller.ts';
import { CommandsController } from './in/commands.controller.ts';
import { DdmHookController } from './in/ddm-hook.controller.ts';
import { DeclarationSetsController } from './in/declaration-sets.controller.ts';
import { GroupSetsController } from './in/group-sets.controller.ts';
import { DeclarationStatusController } from './in/declaration-status.controller.ts';
import { DeclarationsController } from './in/declarations.controller.ts';
import { DeadLettersController } from './in/dead-letters.controller.ts';
import { DevicesController } from './in/devices.controller.ts';
import { FindingsController } from './in/findings.controller.ts';
import { FirstToken } from './in/first-token.ts';
import { GroupsController } from './in/groups.controller.ts';
import { IntakeController } from './in/intake.controller.ts';
import { MicroMdmController } from './in/micromdm.controller.ts';
import { NanoMdmController } from './in/nanomdm.controller.ts';
import { OnWebhookReceiveConsumer } from './in/on-webhook-receive.consumer.ts';
import { OpenApiController } from './in/openapi.controller.ts';
import { DryRunController } from './in/dry-run.controller.ts';
import { PoliciesController } from './in/policies.controller.ts';
import { RawBodies } from './in/raw-body.ts';
import { UnreadBodies } from './in/unread-body.ts';
import { ResourcesController, WindowsController } from './in/resources.controller.ts';
import { RolloutsController } from './in/rollouts.controller.ts';
import { SchemasController } from './in/schemas.controller.ts';
import { SourcesController } from './in/sources.controller.ts';
import { KeepAuditClock } from './in/keep-audit.clock.ts';
import { SweepDeliveriesClock } from './in/sweep-deliveries.clock.ts';
import { TokensController } from './in/tokens.controller.ts';
import { VersionController } from './in/version.controller.ts';
import { webhookContext } from './domain/webhook-event.ts';
import { WebhookClock } from './in/webhook.clock.ts';
import { DeliveriesController, WebhooksController } from './in/webhooks.controller.ts';
import { HttpWebhookTarget } from './out/http-webhook-target.ts';
import { NatsAnswerPacker } from './out/nats-answer-packer.ts';
import { NatsAnswerReader } from './out/nats-answer-reader.ts';
import { NatsDeadLetters } from './out/nats-dead-letters.ts';
import { PgAuditKeeper } from './out/pg-audit-keeper.ts';
import { PgCatalogViews, PgPolicyViews } from './out/pg-catalog-views.ts';
import { PgCommandViews } from './out/pg-command-views.ts';
import { PgDeclarationViews } from './out/pg-declaration-views.ts';
import { PgDeliveryStore } from './out/pg-delivery-store.ts';
import { PgDeviceViews } from './out/pg-device-views.ts';
import { PgEnrollmentViews } from './out/pg-enrollment-views.ts';
import { PgReleaseViews } from './out/pg-release-views.ts';
import { PgAgentViews } from './out/pg-agent-views.ts';
import { PgFindingViews } from './out/pg-finding-views.ts';
import { PgGroupReader } from './out/pg-group-reader.ts';
import { PgResourceViews } from './out/pg-resource-views.ts';
import { PgRolloutViews } from './out/pg-rollout-views.ts';
import { PgSourceStore } from './out/pg-source-store.ts';
import { PgWhyViews } from './out/pg-why-views.ts';
import { PgWebhookStore } from './out/pg-webhook-store.ts';
import { PrismaAuditLog, PrismaTokenStore } from './out/prisma-tokens.ts';
import { RedisSourceTally } from './out/redis-source-tally.ts';
import { AnswerPacker, AnswerReader } from './ports/answers.ts';
import { AuditLog } from './ports/audit.ts';
import { CatalogViews } from './ports/catalog.ts';
import { CommandViews } from './ports/commands.ts';
import { DeadLetters } from './ports/dead-letters.ts';
import { DeclarationViews } from './ports/declarations.ts';
import { DeliveryStore } from './ports/deliveries.ts';
import { DeviceViews, EnrollmentViews, WhyViews } from './ports/devices.ts';
import { GroupReader, PolicyViews } from './ports/resources.ts';
import { RolloutViews } from './ports/rollouts.ts';
import { SourceStore, SourceTally } from './ports/sources.ts';
import { WebhookStore, WebhookTarget } from './ports/webhooks.ts';
import { AuditKeeper } from './ports/audit.ts';
import { TokenStore } from './ports/tokens.ts';
import { FindingViews, ResourceViews } from './ports/resources.ts';
import { ApplyResources } from './steps/apply-resources.ts';
import { AskService } from './steps/ask-service.ts';
import { AuthenticateCaller } from './steps/authenticate-caller.ts';
import { CreateToken } from './steps/create-token.ts';
import { DeliverEvents } from './steps/deliver-events.ts';
import { DiscardDeadLetter } from './steps/discard-dead-letter.ts';
import { DiscardDelivery } from './steps/discard-delivery.ts';
import { TakeAgentReports } from './steps/take-agent-reports.ts';
import { ExplainDevice } from './steps/explain-device.ts';
import { EnqueueRawCommand } from './steps/enqueue-raw-command.ts';
import { ImportFeed } from './steps/import-feed.ts';
import { KeepAudit } from './steps/keep-audit.ts';
import { OrderCommands } from './steps/order-commands.ts';
import { PushDevices } from './steps/push-devices.ts';
import { PutCommands } from './steps/put-commands.ts';
import { PutSource } from './steps/put-source.ts';
import { PutWebhook } from './steps/put-webhook.ts';
import { ReceiveEvents } from './steps/receive-events.ts';
import { RedriveDeadLetter } from './steps/redrive-dead-letter.ts';
import { RedriveDeadLetters } from './steps/redrive-dead-letters.ts';
import { RefreshFeeds } from './steps/refresh-feeds.ts';
import { RelayDdm } from './steps/relay-ddm.ts';
import { RemoveSource } from './steps/remove-source.ts';
import { RemoveWebhook } from './steps/remove-webhook.ts';
import { RetryDeliveries } from './steps/retry-deliveries.ts';
import { RevokeToken } from './steps/revoke-token.ts';
import { ShowDelivery } from './steps/show-delivery.ts';
import { StageDeliveries } from './steps/stage-deliveries.ts';
import { SweepDeliveries } from './steps/sweep-deliveries.ts';
import { TakeEvent } from './steps/take-event.ts';

@Module({
  imports: [RuntimeModule, StorageModule.forService('admin_api'), MessagingModule.forService('admin-api')],
  controllers: [
    OpenApiController,
    DryRunController,
    PoliciesController,
    FindingsController,
    AgentReportsController,
    ResourcesController,
    WindowsController,
    SchemasController,
    GroupsController,
    RolloutsController,
    DevicesController,
    AnswersController,
    CatalogController,
    CommandsController,
    NanoMdmController,
    MicroMdmController,
    VersionController,
    TokensController,
    DeadLettersController,
    WebhooksController,
    DeliveriesController,
    DdmHookController,
    DeclarationsController,
    DeclarationSetsController,
    GroupSetsController,
    DeclarationStatusController,
    SourcesController,
    IntakeController,
    OnWebhookReceiveConsumer,
  ],
  providers: [
    keepSealed({
      table: 'admin_api.webhook',
      id: 'name',
      columns: { sealed_secret: (tenant, name) => webhookContext({ tenant, name }) },
    }),
    keepSealed({
      table: 'admin_api.source',
      id: 'name',
      columns: {
        sealed_api_key: (tenant, name) => sourceKeyContext({ tenant, name }, 'api-key'),
        sealed_webhook_key: (tenant, name) => sourceKeyContext({ tenant, name }, 'webhook-key'),
      },
    }),
    AuthenticateCaller,
    AskService,
    ExplainDevice,
    TakeAgentReports,
    { provide: AgentViews, useClass: PgAgentViews },
    ApplyResources,
    PutCommands,
    PushDevices,
    OrderCommands,
    EnqueueRawCommand,
    RedriveDeadLetter,
    RedriveDeadLetters,
    DiscardDeadLetter,
    PutWebhook,
    RemoveWebhook,
    StageDeliveries,
    DeliverEvents,
    SweepDeliveries,
    RetryDeliveries,
    ShowDelivery,
    DiscardDelivery,
    RelayDdm,
    ImportFeed,
    CreateToken,
    RevokeToken,
    RefreshFeeds,
    PutSource,
    RemoveSource,
    TakeEvent,
    ReceiveEvents,
    FirstToken,
    // UnreadBodies after RawBodies: the last to name a content type wins.
    RawBodies,
    UnreadBodies,
    WebhookClock,
    SweepDeliveriesClock,
    KeepAudit,
    KeepAuditClock,
    { provide: TokenStore, useClass: PrismaTokenStore },
    { provide: AuditLog, useClass: PrismaAuditLog },
    { provide: AuditKeeper, useClass: PgAuditKeeper },
    { provide: FindingViews, useClass: PgFindingViews },
    { provide: ResourceViews, useClass: PgResourceViews },
    { provide: PolicyViews, useClass: PgPolicyViews },
    { provide: GroupReader, useClass: PgGroupReader },
    { provide: WhyViews, useClass: PgWhyViews },
    { provide: RolloutViews, useClass: PgRolloutViews },
    { provide: DeviceViews, useClass: PgDeviceViews },
    { provide: CatalogViews, useClass: PgCatalogViews },
    { provide: ReleaseViews, useClass: PgReleaseViews },
    { provide: CommandViews, useClass: PgCommandViews },
    { provide: DeadLetters, useClass: NatsDeadLetters },
    { provide: WebhookStore, useClass: PgWebhookStore },
    { provide: DeclarationViews, useClass: PgDeclarationViews },
    { provide: DeliveryStore, useClass: PgDeliveryStore },
    { provide: EnrollmentViews, useClass: PgEnrollmentViews },
    { provide: AnswerReader, useClass: NatsAnswerReader },
    { provide: AnswerPacker, useClass: NatsAnswerPacker },
    { provide: SourceStore, useClass: PgSourceStore },
    { provide: SourceTally, useClass: RedisSourceTally },
    { provide: WebhookTarget, useClass: HttpWebhookTarget },
  ],
})
export class AdminApiModule {}
