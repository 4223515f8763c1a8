import type { DeadLetter } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import {
  discardDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
  redriveDeadLetters,
  showDeadLetter,
} from '../api/dead-letter-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { count, dateTime } from '../words.ts';
import { documented, wholeNumber } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };
type Filter = { readonly service?: string; readonly message?: string };

const sequence = wholeNumber(1);
const sequences = (text: string, before: number[] = []): number[] => [...before, sequence(text)];

function filtered(command: Command): Command {
  return command
    .option('--service <name>', 'only what this service could not handle, e.g. command-queue')
    .option('--message <name>', 'only messages of this name, e.g. command.enqueue');
}

export function registerDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .summary('messages that a service could not handle, and why')
    .description(
      'What a service cannot handle is set aside with the reason, and kept for 30 days. Once the cause is mended it is redriven: given back to the service that failed. What fails again comes back as a new dead letter.',
    );
  const list = letters.command('list').summary('list them').description('Lists dead letters, newest first.');
  filtered(list)
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 100)
    .option('--json', 'one JSON array')
    .action(listCommand);
  documented(withConnection(list), ['lamp dead-letters list', 'lamp dead-letters list --service command-queue --json']);
  const show = letters.command('show').summary('show one').description('Shows one with its reason and its payload.');
  show
    .argument('<sequence>', 'its number in the list', sequence)
    .option('--json', 'one JSON object')
    .action(showCommand);
  documented(withConnection(show), ['lamp dead-letters show 42']);
  const redrive = letters
    .command('redrive')
    .summary('give messages back to the services that failed')
    .description('Gives messages back to the services that could not handle them: those named, or all that match.');
  filtered(redrive.argument('[sequence...]', 'their numbers in the list', sequences))
    .option('--all', 'all dead letters, or all that --service and --message choose')
    .option('--json', 'one JSON object: redriven')
    .action(redriveCommand);
  documented(withConnection(redrive), [
    'lamp dead-letters redrive 42 43',
    'lamp dead-letters redrive --all --service update-scheduler',
  ]);
  const discard = letters
    .command('discard')
    .summary('remove dead letters for good')
    .description('Removes dead letters for good. Who did so, and what they were, stays in the audit.');
  discard
    .argument('<sequence...>', 'their numbers in the list', sequences)
    .option('--json', 'one JSON object: discarded')
    .action(discardCommand);
  documented(withConnection(discard), ['lamp dead-letters discard 42']);
}

async function listCommand({ service, message, ...options }: Options & Filter & { lines: number }): Promise<void> {
  const items: DeadLetter[] = [];
  for await (const item of listDeadLetters(connect(options), { service, message })) {
    if (items.length === options.lines) break;
    items.push(item);
  }
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0) return print('There is no dead letter.');
  const rows = items.map((one) => [
    String(one.sequence),
    dateTime(one.at),
    one.service,
    one.message,
    String(one.redrives),
    `${one.reason} [${one.code}]`,
  ]);
  print(table(['number', 'since (UTC)', 'service', 'message', 'redrives', 'why'], rows));
}

async function showCommand(number: number, options: Options): Promise<void> {
  const letter = await showDeadLetter(connect(options), number);
  if (options.json === true) return print(JSON.stringify(letter));
  print(
    fields([
      ['number', String(letter.sequence)],
      ['since', `${dateTime(letter.at)} UTC`],
      ['service', letter.service],
      ['message', `${letter.message} ${letter.messageId}`],
      ['subject', letter.subject],
      ['why', `${letter.reason} [${letter.code}]`],
      ['deliveries', String(letter.deliveries)],
      ['redrives', String(letter.redrives)],
    ]),
  );
  print(`\n${typeof letter.payload === 'string' ? letter.payload : JSON.stringify(letter.payload, null, 2)}`);
}

async function redriveCommand(numbers: number[], options: Options & Filter & { all?: boolean }): Promise<void> {
  const { service, message, all } = options;
  const isFilter = all === true || service !== undefined || message !== undefined;
  if (isFilter === numbers.length > 0)
    throw new LampError('Say which: numbers, or --all, --service or --message.', undefined, exitCode.usage);
  const api = connect(options);
  let redriven = 0;
  if (isFilter) redriven = await redriveDeadLetters(api, { service, message });
  for (const number of numbers) {
    await redriveDeadLetter(api, number);
    redriven += 1;
  }
  if (options.json === true) return print(JSON.stringify({ redriven }));
  print(`${count(redriven, 'message')} given back. What fails again comes back: lamp dead-letters list.`);
}

async function discardCommand(numbers: number[], options: Options): Promise<void> {
  const api = connect(options);
  for (const number of numbers) await discardDeadLetter(api, number);
  if (options.json === true) return print(JSON.stringify({ discarded: numbers.length }));
  print(`${count(numbers.length, 'dead letter')} discarded.`);
}
