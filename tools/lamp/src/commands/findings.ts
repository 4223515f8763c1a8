import { type Finding, FindingKind } from '@lamplighter/contracts';
import { type Command, Option } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { deviceFindings, listFindings } from '../api/finding-calls.ts';
import { deviceIdOf } from '../api/why-calls.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, dateTime, wordOf } from '../words.ts';
import { documented, wholeNumber } from './common.ts';

interface Options extends ConnectOptions {
  readonly kind?: string;
  readonly lines: number;
  readonly json?: boolean;
}

export function registerFindings(program: Command): void {
  const command = program
    .command('findings')
    .summary('show what the watchdog has found')
    .description(
      'Shows devices that should have come and did not, updates that stand still, and certificates that end; and what was done\n' +
        'about each: a push, a ping, a synchronization, an alert. Of one device also what has cleared lately, in plain words.',
    )
    .argument('[device]', 'device id (UDID or EnrollmentID), or serial number')
    .addOption(new Option('--kind <kind>', 'only these').choices(FindingKind.options))
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 1000)
    .option('--json', 'one JSON array')
    .action(findingsCommand);
  documented(withConnection(command), [
    'lamp findings',
    'lamp findings --kind mdm-client-stuck --json',
    'lamp findings 0001fa56-8b1a-4f5a-9a3e-5d6c7b8a9e01',
  ]);
}

async function findingsCommand(device: string | undefined, options: Options): Promise<void> {
  const api = connect(options);
  const findings =
    device === undefined
      ? await first(listFindings(api, options.kind), options.lines)
      : await deviceFindings(api, await deviceIdOf(api, device));
  if (options.json === true) return print(JSON.stringify(findings));
  if (findings.length === 0) return print('Nothing was found.');
  print(device === undefined ? overview(findings) : findings.map(story).join('\n'));
}

async function first(all: AsyncGenerator<Finding>, most: number): Promise<Finding[]> {
  const items: Finding[] = [];
  for await (const item of all) {
    items.push(item);
    if (items.length === most) break;
  }
  return items;
}

function overview(findings: readonly Finding[]): string {
  const rows = findings.map(({ deviceId, kind, since, steps }) => [
    deviceId,
    wordOf(kind),
    dateTime(since),
    steps.map(({ step }) => step).join(', ') || '-',
  ]);
  return `${table(['device', 'found', 'since (UTC)', 'done'], rows)}\n${count(findings.length, 'finding')}`;
}

function story({ kind, text, clearedAt, steps }: Finding): string {
  const head = `${wordOf(kind)}${clearedAt === null ? '' : ` (cleared ${dateTime(clearedAt)})`}\n    ${text}`;
  return [head, ...steps.map(({ step, at }) => `    ${dateTime(at)}  ${step}`)].join('\n');
}
