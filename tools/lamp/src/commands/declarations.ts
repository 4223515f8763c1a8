import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import {
  type Declaration,
  type DeclarationStatus,
  declarationStatus,
  type DeviceDeclarations,
  deviceDeclarations,
  listDeclarations,
  putDeclaration,
  removeDeclaration,
  setsOfDeclaration,
  showDeclaration,
} from '../api/declaration-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { dateTime } from '../words.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerDeclarations(program: Command): void {
  const declarations = program
    .command('declarations')
    .summary('put and list declarations for devices')
    .description(
      'Declarations are what devices with declarative management are to have. They come to devices in sets: lamp sets --help.',
    );
  const list = declarations
    .command('list')
    .summary('list all declarations')
    .description('Lists the identifiers of all declarations, those for updates too.');
  list.option('--json', 'one JSON array of identifiers').action(listCommand);
  documented(withConnection(list), ['lamp declarations list', 'lamp declarations list --json']);
  const show = declarations
    .command('show')
    .summary('show one declaration')
    .description('Shows a declaration as devices get it, and the sets that hold it.');
  show.argument('<identifier>').option('--json', 'the declaration as one JSON object').action(showCommand);
  documented(withConnection(show), ['lamp declarations show com.example.passcode']);
  const put = declarations
    .command('put')
    .summary('store a declaration')
    .description(
      "Stores a declaration (Identifier, Type, Payload). Apple's schema is held against it. Another content replaces the former one on every device that has it.",
    );
  put.requiredOption('-f, --file <path>', 'declaration as YAML or JSON (- reads standard input)');
  put.option('--json', 'one JSON object: identifier, changed').action(putCommand);
  documented(withConnection(put), ['lamp declarations put -f passcode.json', 'lamp declarations put -f - < a.yaml']);
  const remove = declarations
    .command('remove')
    .alias('rm')
    .summary('remove a declaration')
    .description('Removes a declaration that no set holds.');
  remove.argument('<identifier>').option('--json', 'one JSON object: identifier, changed').action(removeCommand);
  documented(withConnection(remove), ['lamp declarations remove com.example.passcode']);
}

export function registerDeclarationStatus(program: Command): void {
  const status = program
    .command('declaration-status')
    .summary('show what a device says of its declarations')
    .description(
      'Shows what a device is to have by declarations, what is kept from it, and for each whether it is in effect, and if not, why.',
    );
  status.argument('<device>', 'device id (UDID or EnrollmentID), or user channel').option('--json', 'one JSON array');
  status.action(async (device: string, options: Options) => {
    const api = connect(options);
    const told = await declarationStatus(api, device);
    if (options.json === true) return print(JSON.stringify(told));
    print(`${describeDevice(await deviceDeclarations(api, device))}\n\n${describeStatus(device, told)}`);
  });
  documented(withConnection(status), ['lamp declaration-status 00008030-001A2B3C4D5E6F70']);
}

async function listCommand(options: Options): Promise<void> {
  const identifiers = await listDeclarations(connect(options));
  if (options.json === true) return print(JSON.stringify(identifiers));
  print(identifiers.join('\n') || 'There is no declaration. lamp declarations put --help tells how to make one.');
}

async function showCommand(identifier: string, options: Options): Promise<void> {
  const api = connect(options);
  const declaration = await showDeclaration(api, identifier);
  if (options.json === true) return print(JSON.stringify(declaration));
  print(describeDeclaration(declaration, await setsOfDeclaration(api, identifier)));
}

async function putCommand(options: Options & { file: string }): Promise<void> {
  const declaration = fromFile(options.file);
  const identifier = String(declaration['Identifier']);
  const changed = await putDeclaration(connect(options), declaration);
  if (options.json === true) return print(JSON.stringify({ identifier, changed }));
  print(changed ? `Declaration ${identifier} is stored.` : `Declaration ${identifier} is the same already.`);
}

async function removeCommand(identifier: string, options: Options): Promise<void> {
  const changed = await removeDeclaration(connect(options), identifier);
  if (options.json === true) return print(JSON.stringify({ identifier, changed }));
  print(changed ? `Declaration ${identifier} is removed.` : `There is no declaration ${identifier}.`);
}

/** For a person. */
export function describeDeclaration(one: Declaration, sets: readonly string[]): string {
  const about = fields([
    ['identifier', one.Identifier],
    ['type', one.Type],
    ['token', one.ServerToken],
    ['sets', sets.join(', ') || 'none holds it'],
  ]);
  return `${about}\n\n${JSON.stringify(one.Payload, null, 2)}`;
}

const TAKES: Readonly<Record<string, string>> = {
  told: 'what it has told',
  presumed: 'what every device of its OS takes: it has not told yet',
  unknown: 'not known: all is sent',
};

/** For a person. */
export function describeDevice(one: DeviceDeclarations): string {
  const servedBy: Readonly<Record<string, string>> = {
    lamplighter: 'Lamplighter',
    elsewhere: `another server: it is enrolled with ${one.source}, and has never asked here`,
  };
  const isInSync = one.isInSync === null ? 'it has fetched no list yet' : one.isInSync ? 'yes' : 'no, it is told';
  return fields([
    ['served by', servedBy[one.servedBy] ?? 'nobody yet: it has never asked'],
    ['in sync', isInSync],
    ['takes', TAKES[one.capabilities] ?? one.capabilities],
    ['has', one.identifiers.join(', ') || 'nothing'],
    ['left out', one.leftOut.join(', ') || 'nothing'],
  ]);
}

/** For a person. */
export function describeStatus(device: string, told: readonly DeclarationStatus[]): string {
  if (told.length === 0) return `${device} has not said anything of a declaration yet.`;
  const rows = told.map((one) => [
    one.identifier,
    one.active ? 'yes' : 'no',
    one.valid,
    one.current ? 'yes' : 'no',
    dateTime(new Date(one.status_received).toISOString()),
    (one.reasons ?? []).map(wordsOf).join('; ') || '-',
  ]);
  return table(['declaration', 'active', 'valid', 'newest content', 'reported (UTC)', 'why not'], rows);
}

function wordsOf({ code, description, details }: NonNullable<DeclarationStatus['reasons']>[number]): string {
  return `${description ?? code}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`;
}

/** Its shape is judged by the server. */
function fromFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new LampError(`Cannot read ${path}: ${(error as Error).message}`, undefined, exitCode.usage);
  }
  let declaration: unknown;
  try {
    declaration = parse(text);
  } catch (error) {
    throw new LampError(`${path} is neither YAML nor JSON: ${(error as Error).message}`, undefined, exitCode.usage);
  }
  if (typeof declaration === 'object' && declaration !== null && 'Identifier' in declaration)
    return declaration as Record<string, unknown>;
  throw new LampError(
    `${path} holds no declaration.`,
    "It has the keys Identifier, Type and Payload, as in Apple's documentation.",
    exitCode.usage,
  );
}
