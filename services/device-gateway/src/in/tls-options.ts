import type { ServerOptions } from 'node:https';
import type { Config } from '../config.ts';
import { readPem } from '@lamplighter/runtime';

/**
 * Client certificates are asked for and judged by the identify step, not by TLS: devices that sign their messages show
 * none, and a refused handshake would tell nobody why. Session tickets are on, Node's default.
 */
export function tlsOptions(config: Config): ServerOptions {
  return {
    cert: readPem('LAMP_GATEWAY_TLS_CERT', config.LAMP_GATEWAY_TLS_CERT),
    key: readPem('LAMP_GATEWAY_TLS_KEY', config.LAMP_GATEWAY_TLS_KEY),
    // The authorities' names tell a device which of its certificates to show.
    ca: readPem('LAMP_DEVICE_CA', config.LAMP_DEVICE_CA),
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    sessionIdContext: 'lamplighter',
    handshakeTimeout: config.LAMP_GATEWAY_HEADER_SECONDS * 1000,
    headersTimeout: config.LAMP_GATEWAY_HEADER_SECONDS * 1000,
    requestTimeout: config.LAMP_GATEWAY_REQUEST_SECONDS * 1000,
    keepAliveTimeout: config.LAMP_GATEWAY_KEEP_ALIVE_SECONDS * 1000,
    connectionsCheckingInterval: Math.min(5000, (config.LAMP_GATEWAY_HEADER_SECONDS * 1000) / 2),
    insecureHTTPParser: false,
  };
}
