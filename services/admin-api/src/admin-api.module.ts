import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { CatalogController } from './in/catalog.controller.ts';
import { CommandsController } from './in/commands.controller.ts';
import { DevicesController } from './in/devices.controller.ts';
import { FirstToken } from './in/first-token.ts';
import { MicroMdmController } from './in/micromdm.controller.ts';
import { NanoMdmController } from './in/nanomdm.controller.ts';
import { OpenApiController } from './in/openapi.controller.ts';
import { PoliciesController } from './in/policies.controller.ts';
import { RawBodies } from './in/raw-body.ts';
import { RolloutsController } from './in/rollouts.controller.ts';
import { VersionController } from './in/version.controller.ts';
import { PgCatalogViews, PgPolicyViews } from './out/pg-catalog-views.ts';
import { PgCommandViews } from './out/pg-command-views.ts';
import { PgDeviceViews } from './out/pg-device-views.ts';
import { PgRolloutViews } from './out/pg-rollout-views.ts';
import { PrismaAuditLog, PrismaTokenStore } from './out/prisma-tokens.ts';
import { AuditLog, CatalogViews, CommandViews, DeviceViews, PolicyViews, RolloutViews, TokenStore } from './ports.ts';
import { AskService } from './steps/ask-service.ts';
import { AuthenticateCaller } from './steps/authenticate-caller.ts';
import { EnqueueRawCommand } from './steps/enqueue-raw-command.ts';
import { OrderCommands } from './steps/order-commands.ts';
import { PushDevices } from './steps/push-devices.ts';
import { PutCommands } from './steps/put-commands.ts';

@Module({
  imports: [RuntimeModule, StorageModule.forService('admin_api'), MessagingModule.forService('admin-api')],
  controllers: [
    OpenApiController,
    PoliciesController,
    RolloutsController,
    DevicesController,
    CatalogController,
    CommandsController,
    NanoMdmController,
    MicroMdmController,
    VersionController,
  ],
  providers: [
    AuthenticateCaller,
    AskService,
    PutCommands,
    PushDevices,
    OrderCommands,
    EnqueueRawCommand,
    FirstToken,
    RawBodies,
    { provide: TokenStore, useClass: PrismaTokenStore },
    { provide: AuditLog, useClass: PrismaAuditLog },
    { provide: PolicyViews, useClass: PgPolicyViews },
    { provide: RolloutViews, useClass: PgRolloutViews },
    { provide: DeviceViews, useClass: PgDeviceViews },
    { provide: CatalogViews, useClass: PgCatalogViews },
    { provide: CommandViews, useClass: PgCommandViews },
  ],
})
export class AdminApiModule {}
