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

/**
 * These services read and write some devices at a time, by key. A plan that PostgreSQL made while a table was small, and
 * keeps until it is analyzed, would scan the table that a fleet has filled meanwhile, again for every device that speaks.
 */
const NO_SCANS = ['enable_seqscan', 'jit'];
const WITHOUT: Readonly<Partial<Record<ServiceSchema, readonly string[]>>> = {
  command_queue: NO_SCANS,
  apns_push: NO_SCANS,
  status_ingestion: [...NO_SCANS, 'enable_hashjoin', 'enable_mergejoin'],
  ddm: NO_SCANS,
};

function openDatabase(
  schema: ServiceSchema,
  config: BaseConfig,
  log: Log,
  health: HealthChecks,
  shutdown: Shutdown,
): PgDatabase {
  const database = new PgDatabase(
    config.LAMP_DATABASE_URL,
    config.LAMP_DATABASE_POOL,
    log,
    `lamp ${schema}`,
    WITHOUT[schema],
  );
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
