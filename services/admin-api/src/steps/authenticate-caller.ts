import { createHash } from 'node:crypto';
import { AppError } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { TokenStore } from '../ports/tokens.ts';

const REMEDY = 'send the header `Authorization: Bearer <token>` with a token of this installation';

/** Who a request's Authorization header stands for. Throws AppError `api.unauthenticated`. */
@Injectable()
export class AuthenticateCaller {
  constructor(private readonly tokens: TokenStore) {}

  async run(authorization: string | undefined): Promise<Caller> {
    const token = bearerToken(authorization) ?? basicToken(authorization);
    if (token === undefined) throw new AppError('api.unauthenticated', 'no bearer token was sent', { remedy: REMEDY });
    const caller = await this.tokens.find(createHash('sha256').update(token).digest('hex'));
    if (!caller) throw new AppError('api.unauthenticated', 'this token is not known, or revoked', { remedy: REMEDY });
    return caller;
  }
}

function bearerToken(authorization = ''): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
}

/** The password; other servers and their scripts send user names of their own (`nanomdm`, `micromdm`, …). */
function basicToken(authorization = ''): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return password.length > 0 ? password.join(':') : undefined;
}
