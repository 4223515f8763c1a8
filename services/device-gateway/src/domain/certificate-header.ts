import type { ShownCertificate } from './device-request.ts';
import { Refusal } from './refusal.ts';

const MAX_CERTIFICATES = 8;
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * A client certificate as a TLS terminator hands it on, in one of the forms that are about:
 * - RFC 9440, `:base64 of DER:`, with the chain above it in a field of its own;
 * - URL-escaped PEM, the device's certificate first (nginx `$ssl_client_escaped_cert`, AWS `X-Amzn-Mtls-Clientcert`);
 * - base64 of DER without PEM lines, several comma separated (Traefik `X-Forwarded-Tls-Client-Cert`, HAProxy).
 *
 * Throws Refusal (403) where it is none of them. Nothing is verified here.
 */
export function certificateOfHeader(value: string, chain: string | undefined): ShownCertificate {
  const isField = value.trimStart().startsWith(':');
  const [der, ...others] = isField ? [byteSequence(value)] : escaped(value);
  const above = isField && chain !== undefined ? chain.split(',').map(byteSequence) : [];
  const intermediates = [...others, ...above];
  if (der === undefined || intermediates.length >= MAX_CERTIFICATES) throw malformed('no, or too many, certificates');
  return { der, intermediates };
}

/** A byte sequence of RFC 8941 §3.3.5, without parameters. */
function byteSequence(item: string): Buffer {
  const text = item.trim();
  if (text.length < 2 || !text.startsWith(':') || !text.endsWith(':')) throw malformed('not a byte sequence');
  return base64(text.slice(1, -1));
}

function escaped(value: string): Buffer[] {
  const text = unescaped(value);
  if (!text.includes('-----BEGIN ')) return text.split(',').map(base64);
  return [...text.matchAll(PEM)].map(([, body = '']) => base64(body));
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw malformed('not URL-escaped as it should be');
  }
}

/** Node leaves out what is not base64; here it must not go unnoticed. */
function base64(raw: string): Buffer {
  const text = raw.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) throw malformed('not base64');
  return Buffer.from(text, 'base64');
}

function malformed(what: string): Refusal {
  return new Refusal(
    403,
    'device.certificate-header',
    `the header with the client certificate cannot be read: ${what}`,
    {
      remedy: 'Let the TLS terminator set it as RFC 9440 says, or as URL-escaped PEM.',
    },
  );
}
