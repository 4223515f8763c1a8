import { AppError, type ErrorBody } from '@lamplighter/contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Log } from './log.ts';
import { unstorable } from './unstorable.ts';

const STATUS_BY_ENDING: readonly [RegExp, number][] = [
  [/\.unauthenticated$/, 401],
  [/\.forbidden$/, 403],
  [/\.not-found$/, 404],
  [/\.(conflict|exists|duplicate-name|in-use|halted)$/, 409],
  [/\.too-large$/, 413],
  [/\.(unavailable|busy)$/, 503],
  // Of a service behind this one: no fault of the caller's.
  [/^internal$/, 500],
];

/** What is busy or away now may not be then. */
const RETRY_AFTER_SECONDS = '5';

/** HTTP status of an error code: by its last word; 400 for the rest, which are bad input. */
export function statusOf(code: string): number {
  return STATUS_BY_ENDING.find(([ending]) => ending.test(code))?.[1] ?? 400;
}

/** The one place where errors become HTTP answers. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    // Errors of message handlers are settled by the messaging library.
    if (host.getType() !== 'http') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, body } = this.answer(unstorable(error) ?? error);
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).send(body);
  }

  private answer(error: unknown): { status: number; body: ErrorBody | object } {
    if (error instanceof AppError) return { status: statusOf(error.code), body: { error: error.toBody() } };
    if (error instanceof HttpException) {
      const response = error.getResponse();
      if (typeof response === 'object' && 'problems' in response) return { status: error.getStatus(), body: response };
      return {
        status: error.getStatus(),
        body: { error: { code: `http.${error.getStatus()}`, message: error.message } },
      };
    }
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== undefined && status < 500) {
      return { status, body: { error: { code: 'http.bad-request', message: (error as Error).message } } };
    }
    this.log.error({ err: error }, 'a request failed unexpectedly');
    const body = { error: { code: 'internal', message: 'the server failed; its log says why' } };
    return { status: 500, body };
  }
}
