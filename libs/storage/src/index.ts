export * from './day-partitions.ts';
export * from './keep-days.clock.ts';
export * from './migrate/migrate.ts';
export * from './pg-database.ts';
export * from './pg-outbox.ts';
export * from './prisma.ts';
export * from './redis.ts';
export * from './storage.module.ts';
