import { randomUUID } from 'node:crypto';
import { PrismaClient } from '@lamplighter/storage';
import { Injectable } from '@nestjs/common';
import { type AuditEntry, AuditLog, type Caller, TokenStore } from '../ports.ts';

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
}

@Injectable()
export class PrismaAuditLog extends AuditLog {
  constructor(private readonly prisma: PrismaClient) {
    super();
  }

  override async add({ caller, at, action, subject, detail }: AuditEntry): Promise<void> {
    await this.prisma.audit.create({
      data: { auditId: randomUUID(), tenant: caller.tenant, at, actor: caller.name, action, subject, detail },
    });
  }
}
