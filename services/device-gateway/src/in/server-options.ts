import { AppError } from '@lamplighter/contracts';
import { readPem } from '@lamplighter/runtime';
import { readFileSync } from 'node:fs';
import type { ServerOptions as HttpOptions } from 'node:http';
import type { ServerOptions as HttpsOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import type { Config } from '../config.ts';

/** AES and HMAC keys of session tickets, and their name: https://nodejs.org/api/tls.html#serversetticketkeyskeys. */
const TICKET_KEYS_BYTES = 48;

export function httpOptions(config: Config): HttpOptions {
  return {
    headersTimeout: config.LAMP_GATEWAY_HEADER_SECONDS * 1000,
    requestTimeout: config.LAMP_GATEWAY_REQUEST_SECONDS * 1000,
    keepAliveTimeout: config.LAMP_GATEWAY_KEEP_ALIVE_SECONDS * 1000,
    connectionsCheckingInterval: Math.min(5000, (config.LAMP_GATEWAY_HEADER_SECONDS * 1000) / 2),
    // A signature with its certificates, beside the certificates that a terminator hands on.
    maxHeaderSize: 32_768,
    insecureHTTPParser: false,
  };
}

/**
 * Client certificates are asked for and judged by the identify step, not by TLS: devices that sign their messages show
 * none, and a refused handshake would tell nobody why.
 */
export function httpsOptions(config: Config, authorities: string): HttpsOptions {
  return {
    ...httpOptions(config),
    ...secureContext(config, authorities),
    requestCert: !config.LAMP_GATEWAY_REQUIRE_SIGNATURE,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: config.LAMP_GATEWAY_HEADER_SECONDS * 1000,
  };
}

/**
 * What a changed file changes; read now. `authorities`, PEM, tells a device which of its certificates to show.
 * Throws AppError `config.unreadable-file` where the files cannot serve TLS.
 */
export function secureContext(config: Config, authorities: string): SecureContextOptions & { ticketKeys?: Buffer } {
  const { LAMP_GATEWAY_TLS_CERT: cert = '', LAMP_GATEWAY_TLS_KEY: key = '' } = config;
  const options: SecureContextOptions = {
    cert: readPem('LAMP_GATEWAY_TLS_CERT', cert),
    key: readPem('LAMP_GATEWAY_TLS_KEY', key),
    ca: authorities,
    minVersion: 'TLSv1.2',
    sessionIdContext: 'lamplighter',
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    const what = `${cert} and ${key} do not make a server's identity (${(cause as NodeJS.ErrnoException).code ?? 'TLS'})`;
    throw unreadable('LAMP_GATEWAY_TLS_CERT, LAMP_GATEWAY_TLS_KEY', what, cause);
  }
  return { ...options, ...ticketKeys(config.LAMP_GATEWAY_TICKET_KEYS_FILE) };
}

function ticketKeys(path: string | undefined): { ticketKeys?: Buffer } {
  if (path === undefined) return {};
  let keys: Buffer;
  try {
    keys = readFileSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw unreadable('LAMP_GATEWAY_TICKET_KEYS_FILE', `the file ${path} cannot be read (${code})`, cause);
  }
  if (keys.length === TICKET_KEYS_BYTES) return { ticketKeys: keys };
  throw unreadable('LAMP_GATEWAY_TICKET_KEYS_FILE', `the file ${path} is not ${TICKET_KEYS_BYTES} bytes long`);
}

function unreadable(setting: string, what: string, cause?: unknown): AppError {
  return new AppError('config.unreadable-file', `${setting}: ${what}`, {
    remedy: 'Let certificate and key be PEM files that belong together; ticket keys: openssl rand 48.',
    cause,
  });
}
