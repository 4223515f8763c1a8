import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const RAW = 'application/octet-stream';

/**
 * The route's body is bytes, whatever its content type: curl calls a plist a form. `open`: it is read whoever sends it, where
 * the body itself says whether its sender may.
 */
export const RawBody = ({ open = false } = {}): MethodDecorator & ClassDecorator =>
  RouteConfig({ rawBody: true, open });

/** Makes `@RawBody()` routes get their bytes. */
@Injectable()
export class RawBodies implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    if (!server.hasContentTypeParser(RAW))
      server.addContentTypeParser(RAW, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    server.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
      const { rawBody } = request.routeOptions.config as { rawBody?: boolean };
      if (rawBody === true) request.headers['content-type'] = RAW;
      done();
    });
  }
}

/** The bytes of a `@RawBody()` route; none where there was no body. */
export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
