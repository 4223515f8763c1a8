import { connect } from 'node:net';
import { join } from 'node:path';

import { Supervised } from '../../../lamp/src/processes/supervised.ts';
import { freePort } from '../../../lamp/src/servers/ports.ts';
import { type Bed, fileIn } from '../bed.ts';

export interface BaselineProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the plain server on the servers of the bed. */
export async function startBaseline(bed: Bed): Promise<BaselineProcess> {
  const port = await freePort();
  const { urls, pki } = bed.product;
  const supervised = new Supervised(
    {
      name: 'baseline',
      command: process.execPath,
      args: [join(import.meta.dirname, 'baseline-server.ts')],
      env: {
        NODE_ENV: 'production',
        LAMP_DATABASE_URL: urls.database,
        LAMP_NATS_URL: urls.nats,
        LAMP_GATEWAY_PORT: String(port),
        LAMP_GATEWAY_TLS_CERT: pki.gatewayCert,
        LAMP_GATEWAY_TLS_KEY: pki.gatewayKey,
        LAMP_DEVICE_CA: pki.deviceCa,
      },
      stopSignal: 'SIGTERM',
      graceMs: 5_000,
      ready: () => listens(port),
    },
    { logPath: fileIn(bed, 'baseline.log'), restart: false, startTimeoutMs: 30_000 },
  );
  await supervised.start();
  return { port, pid: supervised.identity?.pid ?? 0, stop: () => supervised.stop() };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
