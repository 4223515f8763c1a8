import {
  type ApplyAnswer,
  type Difference,
  type Fault,
  type ResourceChange,
  ResourceKind,
} from '@lamplighter/contracts';
import type { Command } from 'commander';
import { createInterface } from 'node:readline/promises';

import { ApiRefusal, type ApiClient } from '../api/client.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { applyResources } from '../api/resource-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { faultLine, invalid, readDocuments, type ResourceDocument } from '../files/documents.ts';
import { print, say } from '../output.ts';
import { count } from '../words.ts';
import { documented } from './common.ts';

interface Options extends ConnectOptions {
  readonly file: string[];
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly abort?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const DIFF_CODES = `
Exit codes:
  0  nothing would change
  1  something would change
  2  it could not be told: wrong usage, or a mistake in a file
  3  not running (lamp up has not been run, or was stopped)`;

export function registerApply(program: Command): void {
  const apply = program
    .command('apply')
    .summary('bring groups, windows and policies to what files say')
    .description(
      'Reads YAML or JSON documents with kind (Group, Window or Policy), name and spec, checks all of them, and then changes\n' +
        'all that differ, or nothing where there is a mistake. Their order does not matter. docs/policies.md describes every field.',
    );
  withFiles(apply)
    .option('--dry-run', 'check everything and show what would change')
    .option('--prune', 'remove what files no longer hold, of the kinds that they hold; asks before it does')
    .option('--yes', 'with --prune: do not ask')
    .option('--abort', 'abort rollouts of removed policies whose window is open')
    .option('--json', 'the answer as one JSON object: dryRun, changes, warnings')
    .action(applyCommand);
  documented(withConnection(apply), [
    'lamp apply -f policies/',
    'lamp apply -f groups.yaml -f policies.yaml --dry-run',
    'lamp apply -f policies/ --prune --yes',
    'lamp export | lamp apply -f -',
  ]);
}

export function registerDiff(program: Command): void {
  const diff = program
    .command('diff')
    .summary('show what applying files would change')
    .description('Checks files as lamp apply does and shows, field by field, what would change. Nothing is changed.');
  withFiles(diff)
    .option('--prune', 'also what would be removed, of the kinds that the files hold')
    .option('--json', 'the answer as one JSON object: dryRun, changes, warnings')
    .action(diffCommand);
  documented(withConnection(diff), ['lamp diff -f policies/', 'lamp diff -f policies/ --prune --json'], DIFF_CODES);
}

function withFiles(command: Command): Command {
  const more = (path: string, before: string[] = []): string[] => [...before, path];
  return command.requiredOption('-f, --file <path>', 'file, directory, or - for standard input; may be repeated', more);
}

async function applyCommand(options: Options): Promise<void> {
  const documents = readDocuments(options.file);
  const api = connect(options);
  const dryRun = options.dryRun === true;
  if (options.prune === true && !dryRun) await confirm(api, documents, options);
  const answer = await order(api, documents, options, dryRun);
  if (options.json === true) return print(JSON.stringify(answer));
  tell(answer, documents, dryRun);
}

async function diffCommand(options: Options): Promise<void> {
  const answer = await differing(options);
  if (options.json === true) print(JSON.stringify(answer));
  if (answer.changes.some(({ change }) => change !== 'unchanged')) process.exitCode = exitCode.failed;
}

/** Trouble has another exit code than a difference. */
async function differing(options: Options): Promise<ApplyAnswer> {
  try {
    const documents = readDocuments(options.file);
    const answer = await order(connect(options), documents, options, true);
    if (options.json !== true) tell(answer, documents, true);
    return answer;
  } catch (error) {
    if (!(error instanceof LampError) || error.exitCode !== exitCode.failed) throw error;
    throw new LampError(error.message, error.remedy, exitCode.usage);
  }
}

/** Throws LampError with file and line of every mistake. */
async function order(
  api: ApiClient,
  documents: readonly ResourceDocument[],
  { prune, abort }: Options,
  dryRun: boolean,
): Promise<ApplyAnswer> {
  const kinds = new Set(documents.map(({ resource }) => resource.kind));
  try {
    return await applyResources(api, {
      resources: documents.map(({ resource }) => resource),
      prune: prune === true ? ResourceKind.options.filter((kind) => kinds.has(kind)) : [],
      abort: abort === true,
      dryRun,
    });
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.fields.length === 0) throw error;
    throw invalid(error.fields.map((fault) => placed(fault, documents)));
  }
}

/** `resources.3.spec.rings.0` of what was sent is a field of the fourth document. */
function placed(fault: Fault, documents: readonly ResourceDocument[]): string {
  const [list, index, ...path] = fault.path.split('.');
  const document = list === 'resources' ? documents[Number(index)] : undefined;
  if (!document)
    return faultLine(path.length > 0 ? `${list} ${index}` : '-', { ...fault, path: path.join('.') || fault.path });
  const { kind, name } = document.resource;
  return faultLine(`${document.at(path)}  ${kind}/${name}`, { ...fault, path: path.join('.') });
}

async function confirm(api: ApiClient, documents: readonly ResourceDocument[], options: Options): Promise<void> {
  if (options.yes === true) return;
  const removed = (await order(api, documents, options, true)).changes.filter(({ change }) => change === 'removed');
  if (removed.length === 0) return;
  const names = removed.map(({ kind, name }) => `${kind}/${name}`).join(', ');
  if (!process.stdin.isTTY || options.file.includes('-')) {
    throw new LampError(`This would remove ${names}.`, 'Add --yes where that is meant.', exitCode.usage);
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Remove ${names}? (yes/no) `).finally(() => asking.close());
  if (answer.trim().toLowerCase() !== 'yes') throw new LampError('Nothing was changed.', undefined, exitCode.usage);
}

function tell({ changes, warnings }: ApplyAnswer, documents: readonly ResourceDocument[], dryRun: boolean): void {
  for (const change of changes.filter((one) => one.change !== 'unchanged' || !dryRun)) print(changeText(change));
  for (const fault of warnings) say(`note: ${placed(fault, documents)}`);
  const done = changes.filter(({ change }) => change !== 'unchanged').length;
  if (dryRun) print(done === 0 ? 'Nothing would change.' : `${count(done, 'resource')} would change.`);
}

function changeText({ kind, name, change, version, differences, more, why }: ResourceChange): string {
  const head = `${kind}/${name}  ${change}${change === 'unchanged' ? '' : ` (version ${version})`}`;
  const lines = differences.map((difference) => `    ${differenceText(difference)}`);
  if (why !== undefined) lines.push(`    ${why}`);
  if (more > 0) lines.push(`    and ${count(more, 'difference')} more`);
  return [head, ...lines].join('\n');
}

/** Such as `pollMinutes: 10 → 20`, `platforms: + tvOS`. */
export function differenceText(difference: Difference): string {
  const told = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const { path, before, after } = difference;
  if (before === undefined) return `${path}: + ${told(after)}`;
  return after === undefined ? `${path}: - ${told(before)}` : `${path}: ${told(before)} → ${told(after)}`;
}
