import { AppError } from '@lamplighter/contracts';
import { statusOf } from '@lamplighter/runtime';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Errors as another server's clients read them: one text under one key. */
@Catch(AppError)
export class CompatErrors implements ExceptionFilter<AppError> {
  constructor(
    private readonly key: 'error' | 'command_error' | 'push_error',
    private readonly indent: string,
  ) {}

  catch({ code, message, remedy }: AppError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(code);
    if (status === 401) void reply.header('www-authenticate', 'Basic realm="lamplighter"');
    const text = remedy === undefined ? message : `${message}: ${remedy}`;
    sendJson(reply, status, { [this.key]: text }, this.indent);
  }
}

/** As Go's encoder writes it: indented, with a line break at the end. */
export function sendJson(reply: FastifyReply, status: number, body: object, indent: string): void {
  const text = `${JSON.stringify(body, null, indent)}\n`;
  void reply.status(status).header('content-type', 'application/json; charset=utf-8').send(text);
}
