import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { noRoom } from '../domain/refusal.ts';
import type { Refusal } from '../domain/refusal.ts';

/** Idle, check-ins and nearly all answers are smaller: they never wait for room. */
const SMALL_BYTES = 65_536;

/**
 * The memory that large bodies may fill at a time. Whose they are is known only once they are there: without a bound,
 * some hundred connections that send slowly what nobody signed would take all there is.
 */
export class BodyBudget {
  private readonly limit: number;
  private readonly most: number;
  private held = 0;

  constructor({ LAMP_GATEWAY_BODY_LIMIT: limit, LAMP_GATEWAY_BODY_MEMORY: most }: Config) {
    this.limit = limit;
    this.most = Math.max(most, limit);
  }

  /** Keeps room for the request's body until it is answered, or its connection ends. Why there is none; undefined where there is. */
  refusalOf({ headers }: FastifyRequest, reply: FastifyReply): Refusal | undefined {
    // Without a length it may become as long as any.
    const bytes = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : this.limit;
    // What is over the limit gets its 413 before it is read.
    if (bytes <= SMALL_BYTES || bytes > this.limit) return undefined;
    if (this.held + bytes > this.most) return noRoom();
    this.held += bytes;
    reply.raw.once('close', () => (this.held -= bytes));
    return undefined;
  }
}
