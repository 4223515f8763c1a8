import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { assignSet, changeSet, declarationsOfSet, listSets, type SetOwner, setsOf } from '../api/declaration-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };
interface Owner {
  readonly device?: string;
  readonly group?: string;
}

export function registerSets(program: Command): void {
  const sets = program
    .command('sets')
    .summary('say which devices and groups have which declarations')
    .description(
      'A set holds declarations; devices and groups have sets. Sets add up. Members of a group follow by themselves.',
    );
  const list = sets
    .command('list')
    .summary('list sets')
    .description('Lists all sets that hold something, or those of a device or a group.');
  withOwner(list).option('--json', 'one JSON array of names').action(listCommand);
  documented(withConnection(list), ['lamp sets list', 'lamp sets list --device 00008030-001A2B3C4D5E6F70']);
  const show = sets.command('show').summary('list the declarations of a set').description('Lists what a set holds.');
  show.argument('<set>', 'name').option('--json', 'one JSON array of identifiers').action(showCommand);
  documented(withConnection(show), ['lamp sets show base']);
  for (const isMember of [true, false]) registerMember(sets, isMember);
  for (const isAssigned of [true, false]) registerAssign(sets, isAssigned);
}

function registerMember(sets: Command, isMember: boolean): void {
  const name = isMember ? 'add' : 'drop';
  const what = isMember ? 'put a declaration into a set' : 'take a declaration out of a set';
  const member = sets
    .command(name)
    .summary(what)
    .description(`${isMember ? 'Puts' : 'Takes'} ${what.slice(4)}; devices that have the set follow.`);
  member.argument('<set>', 'name').argument('<declaration>', 'identifier').option('--json', 'one JSON object: changed');
  member.action(async (set: string, declaration: string, options: Options) => {
    const changed = await changeSet(connect(options), set, declaration, isMember);
    if (options.json === true) return print(JSON.stringify({ changed }));
    print(`The set ${set} ${changed ? 'now' : 'already'} ${isMember ? 'holds' : 'is without'} ${declaration}.`);
  });
  documented(withConnection(member), [`lamp sets ${name} base com.example.passcode`]);
}

function registerAssign(sets: Command, isAssigned: boolean): void {
  const name = isAssigned ? 'give' : 'take';
  const assign = sets
    .command(name)
    .summary(isAssigned ? 'give a device or a group a set' : 'take a set back from a device or a group')
    .description(
      isAssigned
        ? 'Gives a device a set, or all devices that are members of a group, whoever they are from now on.'
        : 'Takes back what was given so. What a device has of another group, or by hand, it keeps.',
    );
  withOwner(assign.argument('<set>', 'name')).option('--json', 'one JSON object: changed');
  assign.action(async (set: string, options: Options & Owner) => {
    const of = ownerOf(options);
    if (!of) throw new LampError('Neither --device nor --group is given.', 'Name one of them.', exitCode.usage);
    const changed = await assignSet(connect(options), set, of, isAssigned);
    if (options.json === true) return print(JSON.stringify({ changed }));
    const who = 'device' in of ? of.device : `group ${of.group}`;
    print(`${who} ${changed ? 'now' : 'already'} ${isAssigned ? 'has' : 'is without'} the set ${set}.`);
  });
  documented(withConnection(assign), [
    `lamp sets ${name} base --device 00008030-001A2B3C4D5E6F70`,
    `lamp sets ${name} base --group tills`,
  ]);
}

async function listCommand(options: Options & Owner): Promise<void> {
  const of = ownerOf(options);
  const api = connect(options);
  const names = of ? await setsOf(api, of) : await listSets(api);
  if (options.json === true) return print(JSON.stringify(names));
  print(names.join('\n') || (of ? 'It has no set.' : 'No set holds a declaration. lamp sets add --help tells how.'));
}

async function showCommand(set: string, options: Options): Promise<void> {
  const identifiers = await declarationsOfSet(connect(options), set);
  if (options.json === true) return print(JSON.stringify(identifiers));
  print(identifiers.join('\n') || `The set ${set} holds nothing.`);
}

function withOwner(command: Command): Command {
  return command
    .option('--device <id>', 'device id (UDID or EnrollmentID), or user channel')
    .option('--group <name>', 'group');
}

/** Undefined where neither is given. */
function ownerOf({ device, group }: Owner): SetOwner | undefined {
  if (device !== undefined && group !== undefined)
    throw new LampError('Both --device and --group are given.', 'Name one of them.', exitCode.usage);
  if (device !== undefined) return { device };
  return group === undefined ? undefined : { group };
}
