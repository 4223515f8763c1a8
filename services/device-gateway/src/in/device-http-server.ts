import fastify from 'fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import type { Config } from '../config.ts';
import { Refusal } from '../domain/refusal.ts';
import { tlsOptions } from './tls-options.ts';

type OnError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/**
 * A server for devices: bodies stay raw bytes (signatures are over those), every failure goes through `onError`, and
 * nothing of the framework's or Node's own answers (401 would be fatal, 408, 414, 417 are nothing a device knows) gets out.
 */
export function deviceHttpServer(config: Config, onError: OnError) {
  const server = fastify({
    https: tlsOptions(config),
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
      new Refusal(404, 'device.unknown-path', 'devices are served at PUT /mdm and PUT /mdm/<tenant> only'),
      request,
      reply,
    ),
  );
  return server;
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
