import {
  type BaseConfig,
  CONFIG,
  Database,
  HealthChecks,
  Log,
  Outbox,
  OutboxSource,
  Shutdown,
} from '@lamplighter/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { PgDatabase } from './pg-database.ts';
import { PgOutbox } from './pg-outbox.ts';
import { PrismaClient, prismaOf } from './prisma.ts';
import { connectRedis, Redis } from './redis.ts';

/** The schemas of the services that hold tables. */
export type ServiceSchema =
  | 'command_queue'
  | 'apns_push'
  | 'update_scheduler'
  | 'status_ingestion'
  | 'ddm'
  | 'admin_api';

function openDatabase(
  schema: ServiceSchema,
  config: BaseConfig,
  log: Log,
  health: HealthChecks,
  shutdown: Shutdown,
): PgDatabase {
  const database = new PgDatabase(config.LAMP_DATABASE_URL, config.LAMP_DATABASE_POOL, log, `lamp ${schema}`);
  health.register('postgresql', () => database.problem());
  shutdown.last(() => database.pool.end());
  return database;
}

function openRedis(config: BaseConfig, log: Log, shutdown: Shutdown): Redis {
  const redis = connectRedis(config.LAMP_REDIS_URL, log);
  redis.connect().catch(() => {});
  shutdown.last(async () => redis.disconnect());
  return redis;
}

/** Database, outbox and Redis of one service. */
@Module({})
export class StorageModule {
  static forService(schema: ServiceSchema): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        {
          provide: PgDatabase,
          useFactory: openDatabase.bind(undefined, schema),
          inject: [CONFIG, Log, HealthChecks, Shutdown],
        },
        { provide: Database, useExisting: PgDatabase },
        {
          provide: PgOutbox,
          useFactory: (database: PgDatabase, config: BaseConfig) =>
            new PgOutbox(database, schema, config.LAMP_NATS_PREFIX),
          inject: [PgDatabase, CONFIG],
        },
        { provide: Outbox, useExisting: PgOutbox },
        { provide: OutboxSource, useExisting: PgOutbox },
        { provide: PrismaClient, useFactory: prismaOf, inject: [PgDatabase] },
        { provide: Redis, useFactory: openRedis, inject: [CONFIG, Log, Shutdown] },
      ],
      exports: [Database, PgDatabase, Outbox, OutboxSource, PrismaClient, Redis],
    };
  }
}
