import {
  DeadLetter,
  DeadLetterDetail,
  type DeadLetterFilter,
  DeadLetterPage,
  RedrivenMany,
} from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

const one = (sequence: number): string => `/v1/dead-letters/${sequence}`;

export const listDeadLetters = (api: ApiClient, filter: DeadLetterFilter): AsyncGenerator<DeadLetter> =>
  api.items('/v1/dead-letters', { ...filter }, DeadLetterPage);

/** How many there are of the tenant. */
export const countDeadLetters = async (api: ApiClient): Promise<number> =>
  (await api.call({ path: '/v1/dead-letters', query: { limit: 1 }, answer: DeadLetterPage })).total;

export const showDeadLetter = (api: ApiClient, sequence: number): Promise<DeadLetterDetail> =>
  api.call({ path: one(sequence), answer: DeadLetterDetail });

export const redriveDeadLetter = (api: ApiClient, sequence: number): Promise<DeadLetter> =>
  api.call({ method: 'POST', path: `${one(sequence)}/redrive`, answer: DeadLetter });

export const discardDeadLetter = (api: ApiClient, sequence: number): Promise<DeadLetter> =>
  api.call({ method: 'DELETE', path: one(sequence), answer: DeadLetter });

/** All that match and are there now; what comes back meanwhile stays. Returns how many. */
export async function redriveDeadLetters(api: ApiClient, filter: DeadLetterFilter): Promise<number> {
  let redriven = 0;
  for (let upTo: number | undefined, more = true; more;) {
    const body = { ...filter, upTo };
    const done = await api.call({ method: 'POST', path: '/v1/dead-letters/redrive', body, answer: RedrivenMany });
    redriven += done.redriven;
    upTo = done.upTo;
    more = done.more;
  }
  return redriven;
}
