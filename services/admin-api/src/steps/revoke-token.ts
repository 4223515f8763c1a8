import { AppError, type Token } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { TokenStore } from '../ports/tokens.ts';

/** Ends a token. */
@Injectable()
export class RevokeToken {
  constructor(
    private readonly tokens: TokenStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, name: string, tenant = caller.tenant): Promise<Token> {
    // Whether another tenant has such a token is none of the caller's business.
    const mayAsk = caller.installation || tenant === caller.tenant;
    const at = this.clock.now();
    const ended = mayAsk ? await this.tokens.revoke(tenant, name, caller.installation, at) : undefined;
    if (ended === undefined) {
      throw new AppError('token.not-found', `there is no live token ${name} in this tenant that this one may revoke`, {
        remedy:
          'lamp token list shows them; one with the right over the whole installation is revoked by one that has it too',
      });
    }
    await this.audit.add({ caller, at, action: 'token.revoke', subject: name, detail: { tenant } });
    return ended;
  }
}
