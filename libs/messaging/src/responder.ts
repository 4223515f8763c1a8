import { AppError, Failure, type RequestDefinition, requestSubject } from '@lamplighter/contracts';
import { type Log, unstorable } from '@lamplighter/runtime';
import { headers, type Msg } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';
import { ERROR_HEADER } from './requests.ts';

export type RequestHandler = (input: unknown) => Promise<unknown>;

export interface ResponderOptions {
  definition: RequestDefinition;
  handler: RequestHandler;
  service: string;
  broker: Broker;
  log: Log;
}

export interface Responder {
  /** Takes no more requests and returns when those in hand are answered. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Serves a request for the whole service: each goes to one of its processes. An AppError becomes a `{error}` reply where the
 * contract allows it, else an error that the asking side throws; other errors are logged and become `internal`.
 */
export function serveRequest(options: ResponderOptions): Responder {
  const { definition, broker, service } = options;
  const inHand = new Set<Promise<void>>();
  const failureIsOutput = definition.output.safeParse({
    error: { code: 'x', message: 'x' },
  }).success;
  const subscription = broker.nc.subscribe(requestSubject(broker.prefix, definition), {
    queue: service,
    callback: (error, request) => {
      if (error) return;
      const work = answer(request, options, failureIsOutput).finally(() => inHand.delete(work));
      inHand.add(work);
    },
  });
  const stopOnce = async () => {
    if (broker.connected) await subscription.drain();
    else subscription.unsubscribe();
    await Promise.all(inHand);
  };
  let stopping: Promise<void> | undefined;
  return { stop: () => (stopping ??= stopOnce()) };
}

async function answer(request: Msg, options: ResponderOptions, failureIsOutput: boolean): Promise<void> {
  const { definition, handler, log } = options;
  try {
    const output = JSON.stringify(await handler(inputOf(request, definition)));
    if (Buffer.byteLength(output) > mostBytes(options)) throw replyTooLarge(definition, Buffer.byteLength(output));
    request.respond(output);
  } catch (caught) {
    const error = unstorable(caught) ?? caught;
    if (!(error instanceof AppError)) log.error({ request: definition.name, err: error }, 'a request failed');
    respondError(request, shortened(appErrorOf(error, definition), mostBytes(options)), failureIsOutput);
  }
}

function mostBytes({ broker }: ResponderOptions): number {
  return broker.nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
}

/** The broker takes no such reply, and who asked would wait for it in vain. */
function replyTooLarge({ name }: RequestDefinition, bytes: number): AppError {
  return new AppError(
    'reply.too-large',
    `${name} was done, but its answer of ${bytes} bytes is more than the broker takes`,
    {
      outcome: 'drop',
      remedy: 'look at what there is now; ask for less at a time, or raise max_payload of the NATS server',
    },
  );
}

const SHOWN_FIELDS = 20;
const SHOWN_TEXT = 2_000;

/** An error that fits into a message, with the first of its fields. */
function shortened(error: AppError, limit: number): AppError {
  if (Buffer.byteLength(JSON.stringify(error.toBody())) < limit / 2) return error;
  const { outcome, remedy, fields = [] } = error;
  const rest = fields.length > SHOWN_FIELDS ? ` (the first ${SHOWN_FIELDS} of ${fields.length} fields are named)` : '';
  return new AppError(error.code, `${error.message.slice(0, SHOWN_TEXT)}${rest}`, {
    outcome,
    ...(remedy === undefined ? {} : { remedy: remedy.slice(0, SHOWN_TEXT) }),
    fields: fields
      .slice(0, SHOWN_FIELDS)
      .map(({ path, message }) => ({ path: path.slice(0, SHOWN_TEXT), message: message.slice(0, SHOWN_TEXT) })),
  });
}

function respondError(request: Msg, error: AppError, failureIsOutput: boolean): void {
  if (failureIsOutput) {
    request.respond(JSON.stringify(Failure.parse({ error: error.toBody() })));
    return;
  }
  const marked = headers();
  marked.set(ERROR_HEADER, error.outcome);
  request.respond(JSON.stringify(error.toBody()), { headers: marked });
}

function inputOf(request: Msg, definition: RequestDefinition): unknown {
  let body: unknown;
  try {
    body = JSON.parse(request.string());
  } catch {
    throw new AppError('request.invalid', `a ${definition.name} request is not JSON`, {
      outcome: 'drop',
    });
  }
  const parsed = definition.input.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AppError('request.invalid', `a ${definition.name} request is not of its shape`, {
    outcome: 'drop',
    fields: parsed.error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  });
}

function appErrorOf(error: unknown, definition: RequestDefinition): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', `${definition.name} failed in a way that was not foreseen`, {
    outcome: 'retry',
    remedy: "see the log of the service that serves it; it is there with the request's name",
  });
}
