import type { DeviceIdentity } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import { CONFIG, readPem } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../config.ts';
import { EnrollmentFiles } from '../ports.ts';
import type { EnrollmentContents } from '../ports.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** A token that stands in links: shorter ones could be tried out. */
const SHORTEST_PASSWORD = 16;

/** Read anew for each profile, which are few: a rotated challenge or password holds at once. All are read at start too. */
@Injectable()
export class DiskEnrollmentFiles extends EnrollmentFiles {
  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
    this.password();
    this.contents();
  }

  override password(): string | undefined {
    const path = this.config.LAMP_ENROLL_PASSWORD_FILE;
    if (path === undefined) return undefined;
    const password = line('LAMP_ENROLL_PASSWORD_FILE', path);
    if (password.length >= SHORTEST_PASSWORD) return password;
    throw unusable('LAMP_ENROLL_PASSWORD_FILE', path, `holds fewer than ${SHORTEST_PASSWORD} characters`);
  }

  override contents(): EnrollmentContents {
    const { LAMP_ENROLL_SCEP_CHALLENGE_FILE: challenge, LAMP_ENROLL_CA: authorities } = this.config;
    return {
      challenge: challenge === undefined ? undefined : line('LAMP_ENROLL_SCEP_CHALLENGE_FILE', challenge),
      authorities: authorities === undefined ? [] : certificates('LAMP_ENROLL_CA', authorities),
      signer: this.signer(),
    };
  }

  private signer(): DeviceIdentity | undefined {
    const { LAMP_ENROLL_SIGN_CERT: cert, LAMP_ENROLL_SIGN_KEY: key } = this.config;
    if (cert === undefined || key === undefined) return undefined;
    const [certificateDer, ...intermediates] = certificates('LAMP_ENROLL_SIGN_CERT', cert);
    const privateKey = attempt('LAMP_ENROLL_SIGN_KEY', key, () =>
      createPrivateKey(readPem('LAMP_ENROLL_SIGN_KEY', key)),
    );
    if (!new X509Certificate(certificateDer!).checkPrivateKey(privateKey)) {
      throw unusable('LAMP_ENROLL_SIGN_KEY', key, 'is not the key of the first certificate of LAMP_ENROLL_SIGN_CERT');
    }
    return { certificateDer: certificateDer!, privateKey, intermediates };
  }
}

/** DER, at least one. */
function certificates(setting: string, path: string): Buffer[] {
  const blocks = readPem(setting, path).match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw unusable(setting, path, 'holds no PEM certificate');
  return attempt(setting, path, () => blocks.map((block) => Buffer.from(new X509Certificate(block).raw)));
}

/** A file's one line, without its end. */
function line(setting: string, path: string): string {
  const text = attempt(setting, path, () => readFileSync(path, 'utf8')).replace(/\r?\n$/, '');
  if (text === '' || /[\r\n]/.test(text)) throw unusable(setting, path, 'does not hold one line of text');
  return text;
}

function attempt<T>(setting: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unusable(
      setting,
      path,
      `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'not what it should be'})`,
    );
  }
}

function unusable(setting: string, path: string, what: string): AppError {
  return new AppError('config.unreadable-file', `${setting}: the file ${path} ${what}`, {
    remedy: `Correct the file, or let ${setting} name another one.`,
  });
}
