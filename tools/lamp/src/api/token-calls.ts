import { NewToken, Token, Tokens } from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

export interface TokenTerms {
  readonly name: string;
  readonly tenant?: string | undefined;
  readonly installation?: boolean | undefined;
}

export const createToken = (api: ApiClient, terms: TokenTerms): Promise<NewToken> =>
  api.call({ method: 'POST', path: '/v1/tokens', body: terms, answer: NewToken });

export const listTokens = async (api: ApiClient): Promise<Token[]> =>
  (await api.call({ path: '/v1/tokens', answer: Tokens })).items;

export const revokeToken = (api: ApiClient, name: string, tenant?: string): Promise<Token> =>
  api.call({ method: 'DELETE', path: `/v1/tokens/${encodeURIComponent(name)}`, query: { tenant }, answer: Token });
