import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { CatalogController } from './in/catalog.controller.ts';
import { DevicesController } from './in/devices.controller.ts';
import { FirstToken } from './in/first-token.ts';
import { OpenApiController } from './in/openapi.controller.ts';
import { PoliciesController } from './in/policies.controller.ts';
import { RolloutsController } from './in/rollouts.controller.ts';
import { PgCatalogViews, PgPolicyViews } from './out/pg-catalog-views.ts';
import { PgDeviceViews } from './out/pg-device-views.ts';
import { PgRolloutViews } from './out/pg-rollout-views.ts';
import { PrismaAuditLog, PrismaTokenStore } from './out/prisma-tokens.ts';
import { AuditLog, CatalogViews, DeviceViews, PolicyViews, RolloutViews, TokenStore } from './ports.ts';
import { AskService } from './steps/ask-service.ts';
import { AuthenticateCaller } from './steps/authenticate-caller.ts';

@Module({
  imports: [RuntimeModule, StorageModule.forService('admin_api'), MessagingModule.forService('admin-api')],
  controllers: [OpenApiController, PoliciesController, RolloutsController, DevicesController, CatalogController],
  providers: [
    AuthenticateCaller,
    AskService,
    FirstToken,
    { provide: TokenStore, useClass: PrismaTokenStore },
    { provide: AuditLog, useClass: PrismaAuditLog },
    { provide: PolicyViews, useClass: PgPolicyViews },
    { provide: RolloutViews, useClass: PgRolloutViews },
    { provide: DeviceViews, useClass: PgDeviceViews },
    { provide: CatalogViews, useClass: PgCatalogViews },
  ],
})
export class AdminApiModule {}
