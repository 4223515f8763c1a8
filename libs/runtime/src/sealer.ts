import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { AppError } from '@lamplighter/contracts';
import { Sealer } from './ports.ts';

/** Written before keys could be changed: version (1 byte), nonce, tag, cipher text. Any key may be its own. */
const WITHOUT_KEY_ID = 1;
const WITH_KEY_ID = 2;
const KEY_ID = 4;
const NONCE = 12;
const TAG = 16;

interface Key {
  id: Buffer;
  /** Made once: Node takes 10 µs to make one of raw bytes, three times as long as opening a push address. */
  secret: KeyObject;
}

/**
 * AES-256-GCM, laid out as version (1 byte), key id (4), nonce (12), tag (16), cipher text; the context is authenticated with it.
 * The first key seals, all open. A key id tells nothing of its key.
 */
export class AesSealer extends Sealer {
  override readonly prefix: Buffer;
  private readonly keys: readonly Key[];

  /** @param keys 32 bytes each, the newest first; at least one */
  constructor(...keys: readonly Buffer[]) {
    super();
    this.keys = keys.map((bytes) => ({ id: keyIdOf(bytes), secret: createSecretKey(bytes) }));
    this.prefix = Buffer.concat([Buffer.from([WITH_KEY_ID]), this.keys[0]!.id]);
  }

  override seal(plain: Buffer, context: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.keys[0]!.secret, nonce).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([this.prefix, nonce, cipher.getAuthTag(), body]);
  }

  override open(sealed: Buffer, context: string): Buffer {
    const { keys, body } = this.candidates(sealed);
    if (body.length < NONCE + TAG) throw cannotOpen(context);
    for (const key of keys) {
      const plain = decipher(key.secret, body, context);
      if (plain !== undefined) return plain;
    }
    throw cannotOpen(context);
  }

  private candidates(sealed: Buffer): { keys: readonly Key[]; body: Buffer } {
    if (sealed[0] === WITHOUT_KEY_ID) return { keys: this.keys, body: sealed.subarray(1) };
    if (sealed[0] !== WITH_KEY_ID) return { keys: [], body: sealed };
    const id = sealed.subarray(1, 1 + KEY_ID);
    return { keys: this.keys.filter((key) => key.id.equals(id)), body: sealed.subarray(1 + KEY_ID) };
  }
}

function keyIdOf(key: Buffer): Buffer {
  return createHmac('sha256', key).update('lamplighter key id').digest().subarray(0, KEY_ID);
}

/** Undefined where the key, the context or the bytes are not the ones that were sealed. */
function decipher(key: KeyObject, body: Buffer, context: string): Buffer | undefined {
  const tag = body.subarray(NONCE, NONCE + TAG);
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE));
    cipher.setAAD(Buffer.from(context)).setAuthTag(tag);
    return Buffer.concat([cipher.update(body.subarray(NONCE + TAG)), cipher.final()]);
  } catch {
    return undefined;
  }
}

/** Stands in where LAMP_SECRET_KEY is unset: a service without secrets runs, one that meets a secret says what is missing. */
export class MissingSealer extends Sealer {
  override get prefix(): Buffer {
    throw missingKey();
  }

  override seal(): Buffer {
    throw missingKey();
  }

  override open(): Buffer {
    throw missingKey();
  }
}

function missingKey(): AppError {
  return new AppError('secret.no-key', 'no key to seal secrets with is set', {
    outcome: 'retry',
    remedy: 'set LAMP_SECRET_KEY to 32 random bytes in base64, the same for all services',
  });
}

function cannotOpen(context: string): AppError {
  return new AppError('secret.cannot-open', `a sealed secret does not open (${context.split(':')[0]})`, {
    remedy: 'check that the key it was sealed with is among those of LAMP_SECRET_KEY',
  });
}
