import { ApiError, type Fault } from '@lamplighter/contracts';
import { z } from 'zod';

import { exitCode, LampError } from '../errors.ts';

/** Where the admin API answers, and the bearer token for it. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** What may be asked of the admin API; undefined entries of `query` are left out. */
export interface Call<S extends z.ZodType> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** A file, sent as it is in the place of `body`. */
  readonly file?: Buffer;
  /** Beside those that every call has; undefined ones are left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What the answer has to be. */
  readonly answer: S;
}

/** The server refused, and may have named fields of what was sent. */
export class ApiRefusal extends LampError {
  /** Such as `device.not-found`. */
  readonly code: string;
  readonly fields: readonly Fault[];

  constructor(code: string, message: string, remedy: string | undefined, fields: readonly Fault[]) {
    super(message, remedy);
    this.code = code;
    this.fields = fields;
  }
}

const patienceMs = 60_000;
const TOKEN_ADVICE = 'Give the token with --token or LAMP_TOKEN.';
/** As routes answer that other servers' scripts use too. */
const PlainError = z.object({ error: z.string() });

/** The admin API, spoken to by the operator's command line. */
export class ApiClient {
  readonly url: string;
  private readonly token: string;

  constructor({ url, token }: Connection) {
    this.url = url.replace(/\/+$/, '');
    this.token = token;
  }

  /** The parsed answer. Throws LampError with the server's own words; exit code 3 where nothing answers. */
  async call<S extends z.ZodType>({
    method = 'GET',
    path,
    query,
    body,
    file,
    headers,
    answer,
  }: Call<S>): Promise<z.infer<S>> {
    const response = await this.send(this.at(path, query), method, file ?? body, headers);
    const text = await response.text();
    const received = parsed(text);
    if (!response.ok) throw refusal(response.status, received, `${method} ${path}`);
    const checked = answer.safeParse(received);
    if (checked.success) return checked.data;
    throw new LampError(
      `${this.url} answered ${method} ${path} with something else than this command line expects.`,
      'Check --url, and that both are of the same version.',
    );
  }

  /** Whether something changed, of those that answer so: 204, or 304 where there was nothing to change. Throws as `call` does. */
  async changes({ method = 'PUT', path, query, body }: Omit<Call<z.ZodType>, 'answer'>): Promise<boolean> {
    const response = await this.send(this.at(path, query), method, body, undefined);
    const text = await response.text();
    if (response.ok || response.status === 304) return response.ok;
    throw refusal(response.status, parsed(text), `${method} ${path}`);
  }

  /** Every item of a paged list, page by page. */
  async *items<T>(
    path: string,
    query: Call<z.ZodType>['query'],
    page: z.ZodType<{ items: T[]; next: string | null }>,
  ): AsyncGenerator<T> {
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { items, next }: { items: T[]; next: string | null } = await this.call({
        path,
        query: { limit: 1000, ...query, cursor: cursor === '' ? undefined : cursor },
        answer: page,
      });
      yield* items;
      cursor = next ?? undefined;
    }
  }

  private at(path: string, query: Call<z.ZodType>['query']): URL {
    const target = new URL(`${this.url}${path}`);
    for (const [name, value] of Object.entries(query ?? {}))
      if (value !== undefined) target.searchParams.set(name, String(value));
    return target;
  }

  private async send(target: URL, method: string, body: unknown, more: Call<z.ZodType>['headers']): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    for (const [name, value] of Object.entries(more ?? {})) if (value !== undefined) headers[name] = value;
    checkHeaders(headers);
    const isFile = Buffer.isBuffer(body);
    if (isFile) headers['content-type'] = 'application/octet-stream';
    const content = body === undefined ? {} : { body: isFile ? new Uint8Array(body) : JSON.stringify(body) };
    try {
      return await fetch(target, { method, headers, ...content, signal: AbortSignal.timeout(patienceMs) });
    } catch (error) {
      throw new LampError(
        `The admin API at ${this.url} does not answer (${causeOf(error)}).`,
        'lamp status tells whether it runs here; --url or LAMP_API_URL names another one.',
        exitCode.notRunning,
      );
    }
  }
}

/** Throws LampError. What `fetch` itself says of a value quotes it, and one of them is the token. */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const bad = Object.entries(headers).find(([, value]) => !/^[\t\x20-\x7e]*$/.test(value.trim()));
  if (bad === undefined) return;
  const what = bad[0] === 'authorization' ? 'The token' : `The value of ${bad[0]}`;
  throw new LampError(
    `${what} holds a character that cannot be sent (a line break, or none of ASCII).`,
    'Look for a second line, or a quotation mark that a text editor put in.',
    exitCode.usage,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { code?: string } | undefined;
  return cause?.code ?? error.message;
}

function refusal(status: number, received: unknown, what: string): LampError {
  const plain = PlainError.safeParse(received);
  if (plain.success) return new LampError(plain.data.error, status === 401 ? TOKEN_ADVICE : undefined);
  const problem = ApiError.safeParse(received);
  if (!problem.success) return new LampError(`${what} failed with HTTP ${status}.`, 'lamp logs admin-api says more.');
  const { code, message, remedy, fields } = problem.data.error;
  // The message of a rejected body names its fields already.
  const lines = (fields ?? [])
    .filter(({ path }) => !message.includes(path))
    .map((field) => `\n    ${field.path}: ${field.message}`);
  // The server's own advice is of headers.
  const advice = status === 401 ? TOKEN_ADVICE : remedy;
  return new ApiRefusal(code, `${message}${lines.join('')} [${code}]`, advice, fields ?? []);
}
