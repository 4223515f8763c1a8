import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../domain/caller.ts';
import { AuthenticateCaller } from '../steps/authenticate-caller.ts';

/** What is known of a request's caller before its body is read. */
export type Judged = FastifyRequest & { caller?: Caller; refusal?: Error };

const UNREAD = 'application/vnd.lamplighter.unread';

/**
 * Asks who calls before a body is read: megabytes of one who may not call are neither kept nor parsed. The refusal itself is
 * BearerGuard's, in the words of its route. Routes that judge their callers by the body say `open` (`@RawBody({ open: true })`).
 */
@Injectable()
export class UnreadBodies implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly step: AuthenticateCaller,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Done without a look at the bytes; Node throws them away as they come, until the connection closes.
    if (!server.hasContentTypeParser(UNREAD))
      server.addContentTypeParser(UNREAD, (_request, _bytes, done) => done(null));
    server.addHook('onRequest', (request: Judged, reply) => this.judge(request, reply));
  }

  private async judge(request: Judged, reply: FastifyReply): Promise<void> {
    const { open } = request.routeOptions.config as { open?: boolean };
    if (open === true || !hasBody(request)) return;
    try {
      request.caller = await this.step.run(request.headers.authorization);
    } catch (error) {
      request.refusal = error instanceof Error ? error : new Error(String(error));
      request.headers['content-type'] = UNREAD;
      void reply.header('connection', 'close');
    }
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
