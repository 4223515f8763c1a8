import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '@lamplighter/contracts';
import { Sealer } from './ports.ts';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

/** AES-256-GCM, laid out as version (1 byte), nonce (12), tag (16), cipher text; the context is authenticated with it. */
export class AesSealer extends Sealer {
  private readonly key: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    super();
    this.key = key;
  }

  override seal(plain: Buffer, context: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
  }

  override open(sealed: Buffer, context: string): Buffer {
    if (sealed.length < 1 + NONCE + TAG || sealed[0] !== VERSION) throw cannotOpen(context);
    const nonce = sealed.subarray(1, 1 + NONCE);
    const tag = sealed.subarray(1 + NONCE, 1 + NONCE + TAG);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(context)).setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE + TAG)), decipher.final()]);
    } catch {
      throw cannotOpen(context);
    }
  }
}

/** Stands in where LAMP_SECRET_KEY is unset: a service without secrets runs, one that meets a secret says what is missing. */
export class MissingSealer extends Sealer {
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
    remedy: 'check that LAMP_SECRET_KEY is the key that it was sealed with',
  });
}
