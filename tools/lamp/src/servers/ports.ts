import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ranges that systems take ports of outgoing connections from (32768 up on Linux, 49152 on macOS): between the
 * look and the use no connection of this machine can take such a port, and two who look at once seldom draw the same.
 */
const FIRST = 20_000;
const AFTER = 32_000;
const TRIES = 200;
/** Drawn before by this process: what is to listen there may be on its way. */
const drawn = new Set<number>();

/**
 * A port of 127.0.0.1 that nothing listens on now: `preferred` when it is free, else one drawn at random, another each time.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && preferred !== 0 && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, AFTER);
    if (drawn.has(port)) continue;
    drawn.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${TRIES} ports drawn from ${FIRST} to ${AFTER - 1} on 127.0.0.1 none was free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
