import type { ApnsAnswer } from '../domain/apns-answer.ts';
import type { Exchange } from './http2/exchange.ts';

const ACCEPTED: ApnsAnswer = Object.freeze({ status: 200 });
/** What a Date can hold. */
const MAX_TIME = 8.64e15;

/** What APNs answered. What comes with an acceptance says nothing. */
export function answerOf({ status, body, retryAfter }: Exchange): ApnsAnswer {
  if (status === 200) return ACCEPTED;
  const answer = { status, ...reasonOf(body) };
  const retryAfterMs = msOf(retryAfter);
  return retryAfterMs === undefined ? answer : { ...answer, retryAfterMs };
}

/** What APNs says in JSON, as far as it makes sense. */
export function reasonOf(body: string): Pick<ApnsAnswer, 'reason' | 'timestamp'> {
  try {
    const { reason, timestamp } = JSON.parse(body) as { reason?: unknown; timestamp?: unknown };
    return {
      reason: typeof reason === 'string' ? reason.slice(0, 100) : undefined,
      timestamp: typeof timestamp === 'number' && Math.abs(timestamp) < MAX_TIME ? timestamp : undefined,
    };
  } catch {
    return {};
  }
}

/** Milliseconds; undefined where Retry-After is absent or makes no sense (RFC 9110, 10.2.3). */
function msOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
