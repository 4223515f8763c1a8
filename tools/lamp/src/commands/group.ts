import type { Condition, DeviceSummary, GroupInput, GroupSpec, GroupTest, GroupView } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { groupDevices, listGroups, putGroup, removeGroup, showGroup, testGroup } from '../api/group-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { readSpecFile } from '../files/spec-file.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { count, dateTime, number } from '../words.ts';
import { documented, wholeNumber } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerGroup(program: Command): void {
  const group = program
    .command('group')
    .summary('say which devices belong together')
    .description(
      'A group is rules over what devices report of themselves, and single devices. Who is a member follows the facts by itself.',
    );
  const list = group.command('list').summary('show all groups').description('Shows every group and who names it.');
  list.option('--json', 'one JSON array of groups').action(listCommand);
  documented(withConnection(list), ['lamp group list', 'lamp group list --json']);
  const show = group
    .command('show')
    .summary('show one group')
    .description('Shows what a group says, and how many devices are members now.');
  show.argument('<group>', 'name').option('--json', 'the group as one JSON object').action(showCommand);
  documented(withConnection(show), ['lamp group show "old Macs"', 'lamp group show "old Macs" --json']);
  const devices = group.command('devices').summary('list its members').description('Lists its members at this moment.');
  devices
    .argument('<group>', 'name')
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 1000)
    .option('--json', 'one JSON array')
    .action(devicesCommand);
  documented(withConnection(devices), ['lamp group devices "old Macs" -n 50']);
  registerChanges(group);
}

function registerChanges(group: Command): void {
  const test = group
    .command('test')
    .summary('count who would be a member, before it is stored')
    .description('Counts the members that a group of this file would have, and shows some. Nothing is stored.');
  test.requiredOption('-f, --file <path>', 'group as YAML or JSON (- reads standard input)');
  test.option('--json', 'one JSON object: devices, enrolled, sample').action(testCommand);
  documented(withConnection(test), ['lamp group test -f old-macs.yaml', 'lamp group test -f - < old-macs.yaml']);
  const put = group.command('put').summary('make or change a group').description('Stores the group of a file.');
  put.requiredOption('-f, --file <path>', 'group as YAML or JSON (- reads standard input)');
  put.option('--json', 'the group as one JSON object').action(putCommand);
  documented(withConnection(put), ['lamp group put -f old-macs.yaml']);
  const remove = group.command('remove').summary('remove a group').description('Removes a group that no policy names.');
  remove.argument('<group>', 'name').option('--json', 'one JSON object: name').action(removeCommand);
  documented(withConnection(remove), ['lamp group remove "old Macs"']);
}

async function listCommand(options: Options): Promise<void> {
  const groups = await listGroups(connect(options));
  if (options.json === true) return print(JSON.stringify(groups));
  if (groups.length === 0) return print('There is no group. lamp group put --help tells how to make one.');
  const rows = groups.map(({ name, version, spec, usedBy, updatedAt }) => [
    name,
    String(version),
    number(spec.any.length),
    number(spec.devices.length),
    number(spec.excludedDevices.length),
    dateTime(updatedAt),
    usedBy.join(', ') || '-',
  ]);
  print(table(['name', 'version', 'rules', 'devices', 'excluded', 'changed (UTC)', 'policies'], rows));
}

async function showCommand(name: string, options: Options): Promise<void> {
  const api = connect(options);
  const group = await showGroup(api, name);
  if (options.json === true) return print(JSON.stringify(group));
  print(describeGroup(group, await testGroup(api, group.spec)));
}

async function devicesCommand(name: string, options: Options & { lines: number }): Promise<void> {
  const items: DeviceSummary[] = [];
  for await (const item of groupDevices(connect(options), name)) {
    if (items.length === options.lines) break;
    items.push(item);
  }
  if (options.json === true) return print(JSON.stringify(items));
  print(memberTable(items));
  print(count(items.length, 'device'));
}

async function testCommand(options: Options & { file: string }): Promise<void> {
  const tested = await testGroup(connect(options), fromFile(options.file));
  print(options.json === true ? JSON.stringify(tested) : describeTest(tested));
}

async function putCommand(options: Options & { file: string }): Promise<void> {
  const spec = fromFile(options.file);
  if (typeof spec.name !== 'string')
    throw new LampError(
      'The file does not say the name of the group.',
      'Add a line such as `name: old Macs`.',
      exitCode.usage,
    );
  const stored = await putGroup(connect(options), spec);
  print(options.json === true ? JSON.stringify(stored) : `Group ${stored.name} is stored (version ${stored.version}).`);
}

async function removeCommand(name: string, options: Options): Promise<void> {
  const removed = await removeGroup(connect(options), name);
  print(options.json === true ? JSON.stringify(removed) : `Group ${removed.name} is removed.`);
}

export function describeGroup({ name, version, spec, usedBy, updatedAt }: GroupView, tested: GroupTest): string {
  const about = fields([
    ['name', name],
    ...(spec.description === undefined ? [] : [['about', spec.description] as const]),
    ['version', `${version}, of ${dateTime(updatedAt)}`],
    ['policies', usedBy.join(', ') || 'none names it'],
    ['members', membersText(tested)],
  ]);
  return `${about}\n\n${rulesText(spec)}`;
}

function rulesText(spec: GroupSpec): string {
  const rules = spec.any.map(({ all }) => `  ${all.map(conditionText).join(' and ')}`).join('\n  or\n');
  const single = [
    spec.devices.length > 0 ? `also ${count(spec.devices.length, 'named device')}` : '',
    spec.excludedDevices.length > 0 ? `never ${count(spec.excludedDevices.length, 'excluded device')}` : '',
  ].filter(Boolean);
  return [rules === '' ? 'No rules.' : `Devices with\n${rules}`, ...single].join('\n');
}

/** Such as `osVersion below 15.7`. */
export function conditionText({ fact, operator, value }: Condition): string {
  if (value === undefined) return `${fact} ${operator}`;
  return `${fact} ${operator} ${Array.isArray(value) ? value.join(', ') : String(value)}`;
}

function describeTest(tested: GroupTest): string {
  if (tested.devices === 0) return `No device: none of ${number(tested.enrolled)} that are enrolled.`;
  const { sample } = tested;
  const head = sample.length < tested.devices ? `The first ${sample.length}:\n` : '';
  return `${membersText(tested)}\n${head}${memberTable(sample)}`;
}

const membersText = ({ devices, enrolled }: GroupTest): string =>
  `${count(devices, 'device')} of ${number(enrolled)} that are enrolled`;

function memberTable(items: readonly DeviceSummary[]): string {
  const rows = items.map((one) => [
    one.deviceId,
    one.platform,
    one.productName ?? '-',
    one.osVersion ?? '-',
    one.serialNumber ?? '-',
    dateTime(one.lastAnswerAt),
    one.deviceName ?? '-',
  ]);
  return table(['device', 'platform', 'model', 'OS', 'serial number', 'last answer (UTC)', 'name'], rows);
}

/** The shape is judged by the server. */
const fromFile = (path: string): GroupInput => readSpecFile(path, 'Group') as GroupInput;
