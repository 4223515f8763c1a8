import type { WindowView } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { listWindows, showWindow, versionsOf } from '../api/resource-calls.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { dateTime } from '../words.ts';
import { documented } from './common.ts';
import { historyText } from './history.ts';
import { windowText } from './policy.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerWindow(program: Command): void {
  const window = program
    .command('window')
    .summary('see the windows that policies name')
    .description('A window that several policies share has a name. Files make and change it: lamp apply.');
  const list = window.command('list').summary('show all').description('Shows every named window and who names it.');
  list.option('--json', 'one JSON array').action(listCommand);
  documented(withConnection(list), ['lamp window list', 'lamp window list --json']);
  const show = window.command('show').summary('show one').description('Shows one window.');
  show.argument('<window>', 'name').option('--json', 'one JSON object').action(showCommand);
  documented(withConnection(show), ['lamp window show nightly']);
  const history = window
    .command('history')
    .summary('show its versions')
    .description('Shows what each version changed, newest first.');
  history.argument('<window>', 'name').option('--json', 'one JSON array of versions').action(historyCommand);
  documented(withConnection(history), ['lamp window history nightly']);
}

async function listCommand(options: Options): Promise<void> {
  const windows = await listWindows(connect(options));
  if (options.json === true) return print(JSON.stringify(windows));
  if (windows.length === 0) return print('There is no named window. lamp apply --help tells how to make one.');
  const rows = windows.map(({ name, version, spec, usedBy }) => [
    name,
    String(version),
    windowText({ windows: [spec] }),
    usedBy.join(', ') || '-',
  ]);
  print(table(['name', 'version', 'window', 'policies'], rows));
}

async function showCommand(name: string, options: Options): Promise<void> {
  const window = await showWindow(connect(options), name);
  print(options.json === true ? JSON.stringify(window) : describe(window));
}

async function historyCommand(name: string, options: Options): Promise<void> {
  const versions = await versionsOf(connect(options), 'windows', name);
  print(options.json === true ? JSON.stringify(versions) : historyText(versions));
}

function describe({ name, version, spec, usedBy, updatedAt }: WindowView): string {
  const blackouts = (spec.blackouts ?? []).map(({ from, to, why }) => `${from} to ${to}${why ? ` (${why})` : ''}`);
  return fields([
    ['name', name],
    ...(spec.description === undefined ? [] : [['about', spec.description] as const]),
    ['version', `${version}, of ${dateTime(updatedAt)}`],
    ['window', windowText({ windows: [spec] })],
    ['not on', blackouts.join(', ') || '-'],
    ['policies', usedBy.join(', ') || 'none names it'],
  ]);
}
