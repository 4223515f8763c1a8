import fastify from 'fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerOptions as HttpsOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Config } from '../config.ts';
import { Refusal } from '../domain/refusal.ts';
import { httpOptions, httpsOptions } from './server-options.ts';

type OnError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/**
 * A server for devices, TLS or plain behind a terminator: bodies stay raw bytes (signatures are over those), every failure
 * goes through `onError`, and nothing of the framework's or Node's own answers (401 would be fatal, 408, 414, 417 are
 * nothing a device knows) gets out.
 */
export function deviceHttpServer(config: Config, authorities: string, onError: OnError) {
  const server = fastify({
    ...listening(config, authorities),
    bodyLimit: config.LAMP_GATEWAY_BODY_LIMIT,
    requestTimeout: config.LAMP_GATEWAY_REQUEST_SECONDS * 1000,
    keepAliveTimeout: config.LAMP_GATEWAY_KEEP_ALIVE_SECONDS * 1000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    clientErrorHandler: refuseBrokenHttp,
    frameworkErrors: (error, request, reply) => {
      onError(refusalOf(error), request as FastifyRequest, reply as FastifyReply);
    },
  });
  server.server.maxConnections = config.LAMP_GATEWAY_MAX_CONNECTIONS;
  server.server.on('checkExpectation', (_request, response) => response.writeHead(400, { connection: 'close' }).end());
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, request, reply) => onError(refusalOf(error), request, reply));
  server.setNotFoundHandler((request, reply) =>
    onError(
      new Refusal(
        404,
        'device.unknown-path',
        'devices are served at PUT /mdm and PUT /mdm/<tenant>, people at GET /enroll',
      ),
      request,
      reply,
    ),
  );
  return server;
}

/** With `https: null` the framework takes `http`, which its types do not know beside it; the server is then a plain one. */
function listening(config: Config, authorities: string): { https: HttpsOptions | null } {
  const plain = { https: null, http: httpOptions(config) };
  return config.LAMP_GATEWAY_TLS ? { https: httpsOptions(config, authorities) } : plain;
}

/** The framework's own errors in our words; others stay as they are. */
function refusalOf(error: unknown): unknown {
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal(413, 'device.body-too-large', 'the body is larger than LAMP_GATEWAY_BODY_LIMIT allows');
  }
  if (statusCode === undefined || statusCode >= 500 || !code?.startsWith('FST_')) return error;
  return new Refusal(400, 'device.bad-request', `not a request that can be served (${code})`);
}

/** What Node's parser could not read, or what took too long, has no request to answer; only the connection. */
function refuseBrokenHttp(_error: Error, socket: Socket): void {
  if (!socket.writable || socket.destroyed) return;
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
