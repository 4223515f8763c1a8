import { type AnswerPayload, AppError } from '@lamplighter/contracts';
import type { ObjectStore } from '@nats-io/obj';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ensureAnswerBucket } from './answer-bucket.ts';
import type { Broker } from './connection.ts';

const INLINE_BYTES = 128 * 1024;
/** Of base64 text; leaves room in the broker's 1 MiB for what else the message carries. */
const COMPRESSED_BYTES = 700 * 1024;
const LARGEST_BYTES = 64 * 1024 * 1024;

/** While an answer is read, the broker says something within this, in real ms. */
const SILENCE_MS = 10_000;

const LOST = new Set(['answer.gone', 'answer.damaged']);

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export interface AnswersOptions {
  replicas: number;
  /** Size limit of their bucket, where it is not there yet. Absent: none. */
  maxBytes?: number;
}

/** A device's answer, of a few hundred bytes or many megabytes, in a form that fits into a message. */
export class Answers {
  private readonly broker: Broker;
  private readonly options: AnswersOptions;
  private store: Promise<ObjectStore> | undefined;

  constructor(broker: Broker, options: AnswersOptions) {
    this.broker = broker;
    this.options = options;
  }

  /**
   * As it is up to 128 KiB, compressed up to about 700 KiB, else by reference: kept, if `mayKeep` says so when it is asked, which
   * is only then. Undefined where it does not.
   */
  async pack(xml: Buffer): Promise<AnswerPayload>;
  async pack(xml: Buffer, mayKeep: () => Promise<boolean>): Promise<AnswerPayload | undefined>;
  async pack(xml: Buffer, mayKeep?: () => Promise<boolean>): Promise<AnswerPayload | undefined> {
    if (xml.length <= INLINE_BYTES) {
      const text = xml.toString('utf8');
      if (Buffer.byteLength(text) === xml.length && !text.includes('\ufffd')) return { xml: text };
    }
    const packed = await compress(xml);
    if (Math.ceil(packed.length / 3) * 4 <= COMPRESSED_BYTES) return { gzip: packed.toString('base64') };
    if (mayKeep !== undefined && !(await mayKeep())) return undefined;
    return { ref: await this.putCompressed(packed) };
  }

  /** The answer as the device sent it. Throws AppError `answer.gone` or `answer.damaged`. */
  async unpack(payload: AnswerPayload): Promise<Buffer> {
    if ('xml' in payload) return Buffer.from(payload.xml);
    if ('gzip' in payload) return inflate(Buffer.from(payload.gzip, 'base64'));
    return this.getLarge(payload.ref);
  }

  /** As `unpack`; undefined where the answer is gone or damaged. */
  async find(payload: AnswerPayload): Promise<Buffer | undefined> {
    try {
      return await this.unpack(payload);
    } catch (error) {
      if (error instanceof AppError && LOST.has(error.code)) return undefined;
      throw error;
    }
  }

  /** Kept, compressed, for seven days. */
  async putLarge(content: Buffer): Promise<string> {
    return this.putCompressed(await compress(content));
  }

  /** Throws AppError `answer.gone` when there is none of that reference (any more). */
  async getLarge(ref: string): Promise<Buffer> {
    const store = await this.open();
    if (!(await isWhole(store, ref))) throw gone(ref);
    const object = await store.get(ref);
    if (object === null) throw gone(ref);
    return inflate(await bytesOf(object.data, ref));
  }

  private async putCompressed(packed: Buffer): Promise<string> {
    const ref = randomUUID();
    try {
      await (await this.open()).putBlob({ name: ref }, packed);
    } catch (cause) {
      this.store = undefined;
      throw new AppError('answer.not-stored', 'a large answer could not be stored at the broker', {
        outcome: 'retry',
        cause,
      });
    }
    return ref;
  }

  private open(): Promise<ObjectStore> {
    const { nc, prefix } = this.broker;
    this.store ??= ensureAnswerBucket(nc, { prefix, ...this.options }).catch((error: unknown) => {
      this.store = undefined;
      throw error;
    });
    return this.store;
  }
}

/** What is read where parts are missing (they are older than what names them, or the stream was purged) never comes to an end. */
async function isWhole(store: ObjectStore, ref: string): Promise<boolean> {
  const info = await store.info(ref);
  if (info === null || info.deleted) return false;
  const { streamInfo } = await store.status({ subjects_filter: `$O.${info.bucket}.C.${info.nuid}` });
  const parts = Object.values(streamInfo.state.subjects ?? {}).reduce((all, count) => all + count, 0);
  return parts === info.chunks;
}

/** Throws AppError `answer.unread`. */
async function bytesOf(stream: ReadableStream<Uint8Array>, ref: string): Promise<Buffer> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  for (;;) {
    const silence = new AbortController();
    const part = await Promise.race([reader.read(), delay(SILENCE_MS, undefined, { signal: silence.signal })]);
    silence.abort();
    if (part === undefined) {
      void reader.cancel();
      throw new AppError('answer.unread', `the stored answer ${ref} did not come in time`, { outcome: 'retry' });
    }
    if (part.done) return Buffer.concat(parts);
    parts.push(part.value);
  }
}

function gone(ref: string): AppError {
  return new AppError('answer.gone', `the stored answer ${ref} is gone: answers are kept for seven days`);
}

async function inflate(packed: Buffer): Promise<Buffer> {
  try {
    return await decompress(packed, { maxOutputLength: LARGEST_BYTES });
  } catch (cause) {
    throw new AppError('answer.damaged', 'a compressed answer cannot be read', { cause });
  }
}
