import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import type { PgDatabase } from './pg-database.ts';

export { PrismaClient };

/** Prisma's client over the service's own pool: for CRUD where no one waits in a batch. */
export function prismaOf(database: PgDatabase): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(database.pool) });
}
