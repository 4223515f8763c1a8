import type { Source, SourceKind } from '@lamplighter/contracts';
import { type Command, Argument, Option } from 'commander';
import { readFileSync } from 'node:fs';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { listSources, putSource, removeSource, showSource } from '../api/source-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { count, dateTime, number } from '../words.ts';
import { documented, wholeNumber } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };
interface PutOptions extends Options {
  readonly apiKeyFile?: string;
  readonly webhookKeyFile?: string;
  readonly unsigned?: boolean;
  readonly unauthenticated?: boolean;
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly disabled?: boolean;
}

export function registerSource(program: Command): void {
  const source = program
    .command('source')
    .summary('MDM servers beside this one, whose devices are updated from here')
    .description(
      'Devices stay enrolled with their NanoMDM or MicroMDM: its webhook brings in what they say, its API takes the commands for them.',
    );
  registerPut(source);
  const list = source.command('list').summary('show all').description('Shows every source, and how it does.');
  list.option('--json', 'one JSON array').action(listCommand);
  documented(withConnection(list), ['lamp source list', 'lamp source list --json']);
  const show = source.command('show').summary('show one').description('Shows one source, and how it does.');
  show.argument('<name>').option('--json', 'one JSON object').action(showCommand);
  documented(withConnection(show), ['lamp source show nano']);
  const remove = source
    .command('remove')
    .alias('delete')
    .summary('remove one')
    .description('Removes a source. Its devices stay known; what waits for them waits until it expires.');
  remove.argument('<name>').option('--json', 'the source as it was').action(removeCommand);
  documented(withConnection(remove), ['lamp source remove nano']);
}

function registerPut(source: Command): void {
  const put = source
    .command('put')
    .summary('make or change one')
    .description(
      'Makes a source, or replaces the one of that name. Keys stay unless they are given anew. Its server then posts its events to /v1/webhook/<name>.',
    )
    .argument('<name>', 'lower-case letters, digits and dashes')
    .addArgument(new Argument('<kind>', 'what it is').choices(['nanomdm', 'micromdm']))
    .argument('<url>', 'what the paths of its API begin with: http or https')
    .option('--api-key-file <path>', 'file with the key of its API; - reads standard input; required for a new one')
    .option('--webhook-key-file <path>', 'file with the key of X-Hmac-Signature; - reads standard input')
    .addOption(new Option('--unsigned', 'forget that key: its events are not signed').conflicts('webhookKeyFile'))
    .option('--unauthenticated', 'without such a key: take its events from anybody, without a token')
    .option('--concurrency <count>', 'calls to it at a time (default: 8)', wholeNumber(1, 100))
    .option('--timeout <seconds>', 'how long it may take to answer (default: 10)', wholeNumber(1, 120))
    .option('--disabled', 'hand it nothing, and take nothing from it')
    .option('--json', 'the source as one JSON object')
    .action(putCommand);
  documented(withConnection(put), [
    'lamp source put nano nanomdm https://nanomdm.example.com --api-key-file api.key --webhook-key-file hmac.key',
    'lamp source put micro micromdm https://mdm.example.com --api-key-file api.key',
  ]);
}

async function putCommand(name: string, kind: SourceKind, url: string, options: PutOptions): Promise<void> {
  const { apiKeyFile, webhookKeyFile, concurrency, timeout } = options;
  const stored = await putSource(connect(options), name, {
    kind,
    url,
    apiKey: apiKeyFile === undefined ? undefined : keyIn(apiKeyFile),
    webhookKey: options.unsigned === true ? null : webhookKeyFile === undefined ? undefined : keyIn(webhookKeyFile),
    unauthenticated: options.unauthenticated === true,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    enabled: options.disabled !== true,
  });
  print(options.json === true ? JSON.stringify(stored) : describe(stored));
}

/** Without the line break at its end. Throws LampError where there is none. */
function keyIn(path: string): string {
  try {
    const key = readFileSync(path === '-' ? 0 : path, 'utf8').replace(/\r?\n$/, '');
    if (key !== '') return key;
  } catch (error) {
    throw new LampError(`${path} cannot be read: ${(error as Error).message}`, 'Check the path.', exitCode.usage);
  }
  throw new LampError(`${path} is empty.`, 'Write the key into it.', exitCode.usage);
}

async function listCommand(options: Options): Promise<void> {
  const items = await listSources(connect(options));
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0) return print('There is no source. lamp source put makes one.');
  const rows = items.map((one) => [one.name, one.kind, stateOf(one), number(one.devices), lastOf(one), one.url]);
  print(table(['name', 'kind', 'state', 'devices', 'last event (UTC)', 'URL'], rows));
}

async function showCommand(name: string, options: Options): Promise<void> {
  const source = await showSource(connect(options), name);
  print(options.json === true ? JSON.stringify(source) : describe(source));
}

async function removeCommand(name: string, options: Options): Promise<void> {
  const source = await removeSource(connect(options), name);
  if (options.json === true) return print(JSON.stringify(source));
  print(`${source.name} is removed. ${count(source.devices, 'device')} of it stay known.`);
}

function stateOf({ enabled, handOver }: Source): string {
  if (!enabled) return 'disabled';
  return handOver.failingSince === null ? 'enabled' : 'takes no commands';
}

function lastOf({ events }: Source): string {
  return dateTime(events.lastAt);
}

function describe(source: Source): string {
  const { events, handOver, signed, unauthenticated } = source;
  const door = signed ? 'X-Hmac-Signature' : unauthenticated ? 'open to anybody' : 'an API token';
  return fields([
    ['name', source.name],
    ['kind', source.kind],
    ['state', stateOf(source)],
    ['URL', source.url],
    ['its events need', door],
    ['devices', number(source.devices)],
    ['calls at a time', `${source.concurrency}, each at most ${source.timeoutSeconds} s`],
    ['events taken', `${number(events.taken)}, the last at ${lastOf(source)}`],
    [
      'passed over',
      `${number(events.foreign)} of its own commands, ${number(events.refused)} late or not its devices'`,
    ],
    ['failing since', dateTime(handOver.failingSince)],
    ['last error', handOver.lastError ?? '-'],
  ]);
}
