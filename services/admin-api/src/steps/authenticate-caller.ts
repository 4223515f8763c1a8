import { createHash } from 'node:crypto';
import { AppError } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { type Caller, TokenStore } from '../ports.ts';

const REMEDY = 'send the header `Authorization: Bearer <token>` with a token of this installation';

/** Who a request's Authorization header stands for. Throws AppError `api.unauthenticated`. */
@Injectable()
export class AuthenticateCaller {
  constructor(private readonly tokens: TokenStore) {}

  async run(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AppError('api.unauthenticated', 'no bearer token was sent', { remedy: REMEDY });
    const caller = await this.tokens.find(createHash('sha256').update(token).digest('hex'));
    if (!caller)
      throw new AppError('api.unauthenticated', 'this bearer token is not known, or revoked', { remedy: REMEDY });
    return caller;
  }
}
