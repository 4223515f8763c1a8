import { Log } from '@lamplighter/runtime';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import type { DeviceReply } from '../domain/device-reply.ts';
import { isForeseen, replyForError } from '../domain/error-reply.ts';
import { nothingShown, Refusal } from '../domain/refusal.ts';
import { ServeDevice } from '../steps/serve-device.ts';
import { requestOf, showsNothing, tenantOf } from './device-connection.ts';
import { deviceHttpServer } from './device-http-server.ts';

/** `PUT /mdm` and `PUT /mdm/:tenant` over TLS: all that devices reach. */
@Injectable()
export class MdmServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly server: ReturnType<typeof deviceHttpServer>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly serveDevice: ServeDevice,
    private readonly log: Log,
  ) {
    this.server = deviceHttpServer(config, (error, request, reply) => this.refuse(error, request, reply));
    for (const url of ['/mdm', '/mdm/:tenant']) {
      this.server.route({
        method: 'PUT',
        url,
        // Before the body is read: whoever shows nothing fills no memory either.
        onRequest: async (request, reply) => {
          if (!showsNothing(request)) return;
          void reply.header('connection', 'close');
          throw nothingShown();
        },
        handler: (request, reply) => this.serve(request, reply),
      });
    }
  }

  /** The port that devices reach, once it listens. */
  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.server.listen({
      host: this.config.LAMP_GATEWAY_HOST,
      port: this.config.LAMP_GATEWAY_PORT,
    });
    this.log.info({ port: this.port }, 'devices are served');
  }

  /** First of all at shutdown: requests in hand are answered while the rest of the process still works. */
  async onModuleDestroy(): Promise<void> {
    const overdue = setTimeout(() => this.server.server.closeAllConnections(), this.config.LAMP_DRAIN_SECONDS * 1000);
    await this.server.close();
    clearTimeout(overdue);
  }

  private async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return this.send(reply, await this.serveDevice.run(requestOf(request)));
  }

  private refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const answer = replyForError(error);
    const { code, message } = error as { code?: string; message?: string };
    const keys = {
      status: answer.status,
      code,
      tenant: tenantOf(request),
      address: request.socket.remoteAddress,
      ...(error instanceof Refusal ? error.keys : {}),
    };
    if (isForeseen(error)) this.log.warn(keys, `request refused: ${message}`);
    else if (!request.raw.complete) this.log.debug(keys, 'the client went away before its request was complete');
    else this.log.error({ ...keys, err: error }, 'a request failed for a reason that nobody foresaw');
    return this.send(reply, answer);
  }

  private send(reply: FastifyReply, answer: DeviceReply): FastifyReply {
    void reply.code(answer.status);
    if (!this.server.server.listening) void reply.header('connection', 'close');
    if (answer.status === 503) void reply.header('retry-after', this.config.LAMP_GATEWAY_RETRY_AFTER_SECONDS);
    if (answer.contentType !== undefined) void reply.header('content-type', answer.contentType);
    return reply.send(answer.body);
  }
}
