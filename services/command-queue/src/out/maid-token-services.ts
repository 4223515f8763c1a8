import { AppError } from '@lamplighter/contracts';
import { CONFIG, readPem } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { TokenServices } from '../ports/enrollments.ts';

const SETTING = 'LAMP_MAID_FILE';
const SERVICE_TYPE = 'com.apple.maid';
const Accounts = z.record(z.string(), z.object({ serverUuid: z.string().min(1), keyFile: z.string().min(1) }));

interface Account {
  serverUuid: string;
  key: KeyObject;
}

/**
 * Tokens that tell Apple which organization's server manages a device when a Managed Apple Account signs in
 * (mdm/checkin/gettoken.yaml): a JWT for each, signed with the key of the server's certificate in Apple Business Manager.
 * `com.apple.watch.pairing` is not served: its format is a matter between the MDM servers of phone and watch.
 */
@Injectable()
export class MaidTokenServices extends TokenServices {
  private readonly accounts: ReadonlyMap<string, Account>;

  /** Files are read once, at start. Throws AppError `config.unreadable-file`. */
  constructor(@Inject(CONFIG) { LAMP_MAID_FILE: path }: Config) {
    super();
    this.accounts = path === undefined ? new Map() : readAccounts(path);
  }

  override offers(tenant: string, serviceType: string): boolean {
    return serviceType === SERVICE_TYPE && this.accounts.has(tenant);
  }

  override tokenFor(tenant: string, serviceType: string): Buffer | undefined {
    const account = this.accounts.get(tenant);
    if (account === undefined || !this.offers(tenant, serviceType)) return undefined;
    // Real time: Apple judges it, whatever clock this installation runs on. Apple takes each jti once.
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss: account.serverUuid, iat, jti: randomUUID(), service_type: SERVICE_TYPE };
    const signed = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
    return Buffer.from(`${signed}.${sign('sha256', Buffer.from(signed), account.key).toString('base64url')}`);
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function readAccounts(path: string): Map<string, Account> {
  let accounts: z.infer<typeof Accounts>;
  try {
    accounts = Accounts.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw unreadable(`${path} is not the JSON that is expected, or cannot be read`, cause);
  }
  return new Map(
    Object.entries(accounts).map(([tenant, { serverUuid, keyFile }]) => [
      tenant,
      { serverUuid, key: readKey(keyFile) },
    ]),
  );
}

function readKey(keyFile: string): KeyObject {
  const pem = readPem(SETTING, keyFile);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw unreadable(`${keyFile} holds no private key that can be read`, cause);
  }
  if (key.asymmetricKeyType !== 'rsa') throw unreadable(`${keyFile} holds no RSA key`);
  return key;
}

function unreadable(what: string, cause?: unknown): AppError {
  return new AppError('config.unreadable-file', `${SETTING}: ${what}`, {
    remedy: `Let ${SETTING} name a file with {"<tenant>": {"serverUuid": "…", "keyFile": "<PEM file of the private key>"}}.`,
    cause,
  });
}
