import type { Command } from 'commander';

import { LampError } from '../errors.ts';
import { print, say } from '../output.ts';
import { stateDir } from '../paths.ts';
import type { ProcessEvent } from '../processes/supervised.ts';
import { operatorSettings } from '../product/settings.ts';
import { startProduct } from '../product/start-product.ts';
import { assertNotRunning, type ProductState, readState } from '../product/state.ts';
import { ensureToken } from '../product/token.ts';
import { freePort } from '../servers/ports.ts';
import { documented, interrupted, until, wholeNumber, withDir } from './common.ts';
import { startDetached } from './detach.ts';

interface Options {
  readonly dir?: string;
  readonly detach?: boolean;
  readonly gatewayPort?: number;
  readonly adminPort?: number;
  readonly host: string[];
}

/** Taken when they are free, and nothing was asked for or used before. */
const usualPorts = { gateway: 8443, 'admin-api': 8080 };

export function registerUp(program: Command): void {
  const port = wholeNumber(1, 65_535);
  const command = program
    .command('up')
    .summary('start the product on this machine')
    .description(
      'Starts private servers, the database migrations and the seven services, and restarts what crashes, until Ctrl-C or\n' +
        '"lamp down". LAMP_NATS_URL, LAMP_REDIS_URL and LAMP_DATABASE_URL name servers to use instead of private ones. Other\n' +
        'LAMP_ settings in the environment (LAMP_LOG_LEVEL, LAMP_APNS_URL, LAMP_GATEWAY_TLS_CERT …) reach the services.',
    )
    .option('-d, --detach', 'return once everything is ready')
    .option(
      '--gateway-port <port>',
      'port that devices reach (default: the last one, else 8443, else a free one)',
      port,
    )
    .option('--admin-port <port>', 'port of the admin API (default: the last one, else 8080, else a free one)', port)
    .option('--host <name...>', 'further names or addresses that devices reach the gateway by', [])
    .action(up);
  documented(withDir(command), ['lamp up', 'lamp up --detach', 'lamp up --gateway-port 443 --host mdm.example.org']);
}

async function up(options: Options): Promise<void> {
  const dir = stateDir(options.dir);
  assertNotRunning(dir);
  const asked = await askedPorts(options);
  showNewToken(dir);
  if (options.detach === true) {
    showReady(await startDetached(dir));
    return;
  }
  const signal = interrupted();
  const start = startProduct({
    dir,
    ports: { ...usualPorts, ...readState(dir)?.ports, ...asked },
    env: operatorSettings(process.env),
    gatewayHosts: options.host,
    onEvent: showEvent,
    signal,
  });
  const product = await start.catch((error: unknown) => {
    throw signal.aborted ? new LampError('Interrupted before it was up; what ran already is stopped.') : error;
  });
  showReady(product.state());
  await until(signal);
  say('Stopping: the services finish their work in hand, then the servers end …');
  await product.stop();
  say('Stopped.');
}

/** A port that was asked for is taken or refused, never replaced. */
async function askedPorts({ gatewayPort, adminPort }: Options): Promise<Record<string, number>> {
  const asked: Record<string, number> = {};
  if (gatewayPort !== undefined) asked['gateway'] = gatewayPort;
  if (adminPort !== undefined) asked['admin-api'] = adminPort;
  for (const [name, port] of Object.entries(asked)) {
    if ((await freePort(port)) === port) continue;
    throw new LampError(
      `Port ${port} (for ${name}) is taken or not allowed.`,
      'Name another, or stop what listens there.',
    );
  }
  return asked;
}

/** On stderr even when detaching, and in no log. */
function showNewToken(dir: string): void {
  const { token, isNew } = ensureToken(dir);
  if (isNew) say(`Bearer token of the admin API, shown this once and kept in ${dir}/token: ${token}`);
}

function showEvent({ name, kind, reason, retryInMs, restarts }: ProcessEvent): void {
  if (kind === 'exited')
    say(
      `✗ ${name} ended by itself (${reason})${retryInMs === undefined ? '' : `; starting it again in ${retryInMs} ms`}`,
    );
  if (kind === 'ready') say(`✓ ${name}${restarts === 0 ? '' : ` is back (restart ${restarts})`}`);
}

function showReady(state: ProductState): void {
  print('Lamplighter is up.');
  print(`  devices    ${state.urls.gateway}/mdm`);
  print(`  admin API  ${state.urls.admin}`);
  print('  lamp status shows every part, lamp logs [service] what they say, lamp down stops it.');
}
