import {
  AppError,
  type ErrorBody,
  type InputOf,
  type Outcome,
  type OutputOf,
  type RequestDefinition,
  requestSubject,
} from '@lamplighter/contracts';
import type { Requester } from '@lamplighter/runtime';
import type { Msg } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';

/** On a reply whose body is an error instead of the output; its value is the error's outcome. */
export const ERROR_HEADER = 'Lamp-Error';

/** Asks the service that serves a request; see `serveRequest` for the other end. */
export class NatsRequester implements Requester {
  private readonly broker: Broker;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  async request<D extends RequestDefinition>(
    definition: D,
    input: InputOf<D>,
    timeoutMs = 5_000,
  ): Promise<OutputOf<D>> {
    const payload = Buffer.from(JSON.stringify(input));
    const limit = this.broker.nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
    if (payload.length > limit) {
      throw new AppError(
        'request.too-large',
        `a ${definition.name} request has ${payload.length} bytes; the broker takes ${limit}`,
        {
          remedy: 'ask for less at a time, or raise max_payload of the NATS server',
        },
      );
    }
    return outputOf(await this.ask(definition, payload, timeoutMs)) as OutputOf<D>;
  }

  private async ask(definition: RequestDefinition, payload: Buffer, timeout: number): Promise<Msg> {
    try {
      return await this.broker.nc.request(requestSubject(this.broker.prefix, definition), payload, {
        timeout,
      });
    } catch (cause) {
      throw new AppError('request.unavailable', `nobody answered ${definition.name}: ${(cause as Error).message}`, {
        outcome: 'retry',
        remedy: 'see whether the service that serves it is up and ready',
        cause,
      });
    }
  }
}

function outputOf(reply: Msg): unknown {
  const body: unknown = JSON.parse(reply.string());
  const outcome = reply.headers?.get(ERROR_HEADER);
  if (outcome === undefined || outcome === '') return body;
  const { code, message, ...rest } = body as ErrorBody;
  throw new AppError(code, message, { outcome: outcome as Outcome, ...rest });
}
