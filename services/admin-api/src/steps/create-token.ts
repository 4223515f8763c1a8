import { createHash, randomBytes } from 'node:crypto';
import { AppError, type NewToken, type TokenSpec } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { TokenStore } from '../ports/tokens.ts';

/** Makes a bearer token: its hash is kept, itself is answered once. Nobody gives more than they have. */
@Injectable()
export class CreateToken {
  constructor(
    private readonly tokens: TokenStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, { name, tenant = caller.tenant, installation }: TokenSpec): Promise<NewToken> {
    if ((installation || tenant !== caller.tenant) && !caller.installation) {
      throw new AppError(
        'api.forbidden',
        `the token ${caller.name} may make tokens of its own tenant and rights alone`,
        {
          remedy:
            'use a token with the right over the whole installation: the first one, or one made with --installation',
        },
      );
    }
    const token = `lamp_${randomBytes(32).toString('base64url')}`;
    const made = { tenant, name, installation };
    const at = this.clock.now();
    if (!(await this.tokens.add(createHash('sha256').update(token).digest('hex'), made, at))) {
      throw new AppError('token.exists', `there is a live token ${name} in the tenant ${tenant}`, {
        remedy: 'take another name, or revoke it first',
      });
    }
    await this.audit.add({ caller, at, action: 'token.create', subject: name, detail: made });
    return { ...made, createdAt: at.toISOString(), revokedAt: null, token };
  }
}
