import {
  AppError,
  DeclarationIdentifier,
  declarationNotify,
  declarationPut,
  declarationRemove,
  DeclarationSetName,
  declarationTouch,
  DeviceId,
  NewDeclaration,
} from '@lamplighter/contracts';
import { Controller, Delete, Get, Param, Post, Put, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { DeclarationViews } from '../ports/declarations.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { CompatErrors } from './compat-errors.ts';
import { found, parse } from './parse.ts';
import { bytesOf, RawBody } from './raw-body.ts';

const DEEPEST = 64;
const Body = z.object({ Identifier: z.string(), Type: z.string(), Payload: z.record(z.string(), z.unknown()) });

/** KMFDDM's API for declarations: 204 where something changed, 304 where nothing did. Its formats are in docs/compatibility.md. */
@Controller('v1')
@UseGuards(BearerGuard)
@UseFilters(new CompatErrors('error', ''))
export class DeclarationsController {
  constructor(
    private readonly views: DeclarationViews,
    private readonly ask: AskService,
  ) {}

  @Get('declarations')
  list(@CurrentCaller() { tenant }: Caller): Promise<string[]> {
    return this.views.identifiers(tenant);
  }

  @Put('declarations')
  @RawBody()
  put(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.store(caller, request, reply);
  }

  /** The same; the body's Identifier may be left out. */
  @Put('declarations/:id')
  @RawBody()
  putOne(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.store(caller, request, reply, identifierOf((request.params as { id: string }).id));
  }

  @Get('declarations/:id')
  async show(@CurrentCaller() { tenant }: Caller, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const document = found(await this.views.document(tenant, identifierOf(id)), 'declaration', id);
    void reply.header('content-type', 'application/json; charset=utf-8').send(document);
  }

  @Delete('declarations/:id')
  async remove(@CurrentCaller() caller: Caller, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const identifier = identifierOf(id);
    const { changed } = await this.ask.run(
      caller,
      declarationRemove,
      { tenant: caller.tenant, identifier },
      (detail) => ({ subject: identifier, detail }),
    );
    sendChanged(reply, changed);
  }

  @Post('declarations/:id/touch')
  @RawBody()
  async touch(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query('nonotify') nonotify: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const input = { tenant: caller.tenant, identifier: identifierOf(id), notify: isNotifying(nonotify) };
    await this.ask.run(caller, declarationTouch, input, (detail) => ({ subject: input.identifier, detail }));
    sendChanged(reply, true);
  }

  @Post('notify')
  @RawBody()
  async notify(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { declaration, set, id } = request.query as Record<string, unknown>;
    const input = {
      tenant: caller.tenant,
      deviceIds: parse(z.array(DeviceId).max(10_000), manyOf(id), 'list of ids'),
      sets: parse(z.array(DeclarationSetName).max(1000), manyOf(set), 'list of sets'),
      identifiers: parse(z.array(DeclarationIdentifier).max(1000), manyOf(declaration), 'list of declarations'),
    };
    await this.ask.run(caller, declarationNotify, input, (detail) => ({ subject: 'devices', detail }));
    sendChanged(reply, true);
  }

  private async store(caller: Caller, request: FastifyRequest, reply: FastifyReply, named?: string): Promise<void> {
    const given = bodyOf(request, named);
    if (named !== undefined && given.Identifier !== named) {
      throw new AppError('declaration.invalid', `the body is of the declaration ${given.Identifier}, not ${named}`);
    }
    const one = { identifier: given.Identifier, type: given.Type, payload: given.Payload };
    const declaration = parse(NewDeclaration, one, 'declaration');
    const notify = isNotifying((request.query as { nonotify?: unknown }).nonotify);
    const { changed } = await this.ask.run(
      caller,
      declarationPut,
      { tenant: caller.tenant, declaration, notify },
      ({ serverToken, ...rest }) => ({
        subject: declaration.identifier,
        detail: { type: one.type, serverToken, ...rest },
      }),
    );
    sendChanged(reply, changed);
  }
}

/** Throws AppError where it is none that there can be. */
export function identifierOf(text: unknown): string {
  return parse(DeclarationIdentifier, text, 'declaration identifier');
}

/** Devices are told of a change unless `nonotify` says otherwise. */
export function isNotifying(nonotify: unknown): boolean {
  return nonotify === undefined || ['', '0', 'f', 'false'].includes(String(nonotify).toLowerCase());
}

export function sendChanged(reply: FastifyReply, changed: boolean): void {
  void reply.status(changed ? 204 : 304).send();
}

function bodyOf(request: FastifyRequest, named: string | undefined): z.infer<typeof Body> {
  let body: unknown;
  try {
    body = JSON.parse(bytesOf(request.body).toString('utf8'));
  } catch {
    throw new AppError('declaration.invalid', 'the body is not JSON', {
      remedy: 'send a declaration: Identifier, Type, Payload',
    });
  }
  const given = typeof body === 'object' && body !== null ? body : {};
  if (!isWithin(given, DEEPEST))
    throw new AppError('declaration.invalid', `it is nested deeper than ${DEEPEST} levels`);
  return parse(Body, { ...(named === undefined ? {} : { Identifier: named }), ...given }, 'declaration');
}

/** Whether nothing of it is nested deeper. What is written again is written level by level, and the stack is finite. */
function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
}

function manyOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
