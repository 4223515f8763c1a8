import 'reflect-metadata';
import { createHash, KeyObject, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

/** What it does instead of answering well. */
type Whim = 'error' | 'truncate' | 'truncate-zipped' | 'hang-up' | 'hang' | undefined;

/**
 * A stand-in for whoever publishes feeds: real HTTP or HTTPS, documents by path with ETag and Last-Modified, conditional requests
 * answered with 304, gzip where it is accepted.
 */
export class FeedServer {
  readonly documents = new Map<string, string | Buffer>();
  readonly asked: { path: string; conditional: boolean; status: number }[] = [];
  whim: Whim;
  /** Sent to instead, by path. */
  readonly moved = new Map<string, string>();
  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
    /** PEM of the authority that issued its certificate; empty for plain HTTP. */
    readonly ca: string,
  ) {
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start({ tls = false }: { tls?: boolean } = {}): Promise<FeedServer> {
    const pki = tls ? await newPki() : undefined;
    const server = pki ? createSecureServer({ key: pki.key, cert: pki.cert }) : createServer();
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return new FeedServer(server, tls ? 'https' : 'http', pki?.ca ?? '');
  }

  url(path: string): string {
    return `${this.scheme}://localhost:${(this.server.address() as AddressInfo).port}${path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split('?')[0]!;
    const note = (status: number) => {
      const conditional = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
      this.asked.push({ path, conditional: conditional !== undefined, status });
    };
    const document = this.documents.get(path);
    const moved = this.moved.get(path);
    if (this.whim === 'hang') return note(0);
    if (this.whim === 'hang-up') return void request.socket.destroy();
    if (moved !== undefined) return void response.writeHead(302, { location: moved }).end();
    if (this.whim === 'error' || document === undefined) {
      note(this.whim === 'error' ? 500 : 404);
      return void response.writeHead(this.whim === 'error' ? 500 : 404).end('<html>');
    }
    const etag = `"${createHash('sha256').update(document).digest('hex').slice(0, 16)}"`;
    if (request.headers['if-none-match'] === etag) {
      note(304);
      return void response.writeHead(304, { etag }).end();
    }
    note(200);
    this.send(response, document, etag);
  }

  private send(response: ServerResponse, document: string | Buffer, etag: string): void {
    const headers = { etag, 'last-modified': 'Mon, 17 Aug 2026 17:00:00 GMT', 'content-type': 'application/json' };
    const zipped = gzipSync(document);
    if (this.whim === 'truncate') {
      response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(document) });
      return void response.write(document.slice(0, 100), () => response.destroy());
    }
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip' });
    if (this.whim === 'truncate-zipped') return void response.end(zipped.subarray(0, zipped.length / 2));
    response.end(zipped);
  }
}

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** An authority of its own, as Apple's feed has, and a certificate of it for localhost. */
async function newPki(): Promise<{ ca: string; key: string; cert: string }> {
  const [caKeys, keys] = (await Promise.all(
    [1, 2].map(() => webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])),
  )) as [webcrypto.CryptoKeyPair, webcrypto.CryptoKeyPair];
  const dates = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates,
    serialNumber: '01',
    name: 'CN=Feed Root CA',
    keys: caKeys,
    signingAlgorithm: EC,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const cert = await x509.X509CertificateGenerator.create({
    ...dates,
    serialNumber: '02',
    subject: 'CN=localhost',
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: EC,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca: ca.toString('pem'), key, cert: cert.toString('pem') };
}
