import { Log } from '@lamplighter/runtime';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Config } from '../config.ts';
import type { DeviceReply } from '../domain/device-reply.ts';
import { isForeseen, replyForError } from '../domain/error-reply.ts';
import { Refusal } from '../domain/refusal.ts';
import { DeviceAuthorities } from '../ports.ts';
import { IssueEnrollmentProfile } from '../steps/issue-enrollment-profile.ts';
import { ServeDevice } from '../steps/serve-device.ts';
import { BodyBudget } from './body-budget.ts';
import { DeviceConnections } from './device-connection.ts';
import { deviceHttpServer } from './device-http-server.ts';
import { enrollRoutes } from './enroll.routes.ts';
import { secureContext } from './server-options.ts';

/** `PUT /mdm` and `PUT /mdm/:tenant`, over TLS or behind a terminator: all that devices reach. */
@Injectable()
export class MdmServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly server: ReturnType<typeof deviceHttpServer>;
  private readonly connections: DeviceConnections;
  private readonly bodies: BodyBudget;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly authorities: DeviceAuthorities,
    private readonly serveDevice: ServeDevice,
    issueProfile: IssueEnrollmentProfile,
    private readonly log: Log,
  ) {
    this.connections = new DeviceConnections(config);
    this.bodies = new BodyBudget(config);
    this.server = deviceHttpServer(config, authorities.pem, (error, request, reply) =>
      this.refuse(error, request, reply),
    );
    enrollRoutes(this.server, this.connections, issueProfile);
    for (const url of ['/mdm', '/mdm/:tenant']) {
      this.server.route({
        method: 'PUT',
        url,
        // Before the body is read: whoever shows nothing fills no memory either.
        onRequest: async (request, reply) => {
          const refusal = this.connections.refusalOf(request) ?? this.bodies.refusalOf(request, reply);
          if (refusal === undefined) return;
          void reply.header('connection', 'close');
          throw refusal;
        },
        handler: (request, reply) => this.serve(request, reply),
      });
    }
  }

  /** The port that devices reach, once it listens. */
  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /**
   * New connections are made with the files as they are now. Throws AppError `config.unreadable-file`, and then goes on
   * with what it has. Without a file of ticket keys the keys stay, so that sessions do.
   */
  secure(): void {
    const { server } = this.server;
    if (!(server instanceof TlsServer)) return;
    server.setSecureContext({
      ticketKeys: server.getTicketKeys(),
      ...secureContext(this.config, this.authorities.pem),
    });
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
    return this.send(reply, await this.serveDevice.run(this.connections.requestOf(request)));
  }

  private refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const answer = replyForError(error);
    const { code, message } = error as { code?: string; message?: string };
    const keys = {
      status: answer.status,
      code,
      tenant: this.connections.tenantOf(request),
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
