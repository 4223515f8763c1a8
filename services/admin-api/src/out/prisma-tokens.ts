import { randomUUID } from 'node:crypto';
import type { Token } from '@lamplighter/contracts';
import { PrismaClient } from '@lamplighter/storage';
import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../ports/audit.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { TokenStore } from '../ports/tokens.ts';
import { iso, isoOrNull } from './rows.ts';

@Injectable()
export class PrismaTokenStore extends TokenStore {
  constructor(private readonly prisma: PrismaClient) {
    super();
  }

  override async find(tokenHash: string): Promise<Caller | undefined> {
    const token = await this.prisma.apiToken.findUnique({ where: { tokenHash } });
    if (token === null || token.revokedAt !== null) return undefined;
    const { tenant, name, installation } = token;
    return { tenant, name, installation };
  }

  override async ensure(tokenHash: string, caller: Caller, at: Date): Promise<void> {
    await this.prisma.apiToken.upsert({
      where: { tokenHash },
      create: { tokenHash, ...caller, createdAt: at },
      update: caller.installation ? { installation: true } : {},
    });
  }

  override async add(tokenHash: string, caller: Caller, at: Date): Promise<boolean> {
    const { tenant, name } = caller;
    return this.prisma.$transaction(async (tx) => {
      // One at a time: two of one name must not pass each other.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('admin_api.api_token'))`;
      if (await tx.apiToken.findFirst({ where: { tenant, name, revokedAt: null } })) return false;
      await tx.apiToken.create({ data: { tokenHash, ...caller, createdAt: at } });
      return true;
    });
  }

  override async list(tenant: string | undefined): Promise<Token[]> {
    const where = tenant === undefined ? {} : { tenant };
    const rows = await this.prisma.apiToken.findMany({ where, orderBy: { createdAt: 'desc' }, take: 1000 });
    return rows.map(tokenOf);
  }

  override async revoke(tenant: string, name: string, installation: boolean, at: Date): Promise<Token | undefined> {
    const where = { tenant, name, revokedAt: null, ...(installation ? {} : { installation: false }) };
    const [row] = await this.prisma.apiToken.updateManyAndReturn({ where, data: { revokedAt: at } });
    return row === undefined ? undefined : tokenOf(row);
  }
}

type TokenRow = Omit<Token, 'createdAt' | 'revokedAt'> & { createdAt: Date; revokedAt: Date | null };

function tokenOf({ name, tenant, installation, createdAt, revokedAt }: TokenRow): Token {
  return { name, tenant, installation, createdAt: iso(createdAt), revokedAt: isoOrNull(revokedAt) };
}

@Injectable()
export class PrismaAuditLog extends AuditLog {
  constructor(private readonly prisma: PrismaClient) {
    super();
  }

  override async add({ caller, at, action, subject, detail }: AuditEntry): Promise<void> {
    const { tenant, name: actor } = caller;
    const said = storable({ subject, detail });
    await this.prisma.audit.create({ data: { auditId: randomUUID(), tenant, at, actor, action, ...said } });
  }
}

/** What was done must be noted, whatever its names hold: PostgreSQL takes neither NUL nor half a character. */
function storable<T extends object>(entry: T): T {
  const clean = (_key: string, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value;
  return JSON.parse(JSON.stringify(entry, clean)) as T;
}
