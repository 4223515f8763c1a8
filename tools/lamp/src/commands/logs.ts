import type { Command } from 'commander';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { shownDir } from '../api/connect.ts';
import { LampError, exitCode } from '../errors.ts';
import { print } from '../output.ts';
import { tailOf } from '../processes/log-file.ts';
import { follow } from '../processes/follow.ts';
import { documented, interrupted, until, wholeNumber, withDir } from './common.ts';

interface Options {
  readonly dir?: string;
  readonly follow?: boolean;
  readonly lines: number;
}

export function registerLogs(program: Command): void {
  const command = program
    .command('logs')
    .summary('show what services and servers say')
    .description('Shows the last lines of each log, or of one: a service, nats, redis, database, migrate or lamp.')
    .argument('[names...]', 'services or servers; all when absent')
    .option('-f, --follow', 'go on as lines come, until Ctrl-C')
    .option('-n, --lines <count>', 'how many of the last lines', wholeNumber(0), 20)
    .action(logs);
  documented(withDir(command), [
    'lamp logs',
    'lamp logs command-queue --lines 100',
    'lamp logs --follow apns-push device-gateway',
  ]);
}

async function logs(names: string[], options: Options): Promise<void> {
  const dir = join(shownDir(options.dir), 'logs');
  const known = existsSync(dir)
    ? readdirSync(dir).flatMap((file) => (file.endsWith('.log') ? [file.slice(0, -4)] : []))
    : [];
  const unknown = names.find((name) => !known.includes(name));
  if (known.length === 0)
    throw new LampError(`There are no logs in ${dir}.`, 'Start it with lamp up.', exitCode.notRunning);
  if (unknown !== undefined)
    throw new LampError(`There is no log of ${unknown}.`, `There are: ${known.sort().join(', ')}.`, exitCode.usage);
  const shown = names.length > 0 ? names : known.sort();
  const width = Math.max(...shown.map((name) => name.length));
  const show = (name: string, line: string): void =>
    print(shown.length === 1 ? line : `${name.padEnd(width)} | ${line}`);
  for (const name of shown)
    if (options.lines > 0) for (const line of tailOf(join(dir, `${name}.log`), options.lines)) show(name, line);
  if (options.follow !== true) return;
  const stops = shown.map((name) => follow(join(dir, `${name}.log`), (line) => show(name, line)));
  await until(interrupted());
  for (const stop of stops) stop();
}
