import { type Policy, type PolicySpec, resourceOf, type WindowSpec } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { createPolicy, findPolicy, listPolicies } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { faultLine, yamlOf } from '../files/documents.ts';
import { print, say } from '../output.ts';
import { fields, table } from '../table.ts';
import { documented, wholeNumber } from './common.ts';
import { registerForecast } from './policy-forecast.ts';
import { registerDryRun } from './policy-dry-run.ts';
import { registerPolicyControl } from './policy-control.ts';
import { dayList, platformList, type PolicyFlags, policyInput } from './policy-input.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .summary('say which devices get which update, and when')
    .description('A policy names platforms, a target and a window. Each time its window opens, its rollout goes on.');
  registerCreate(policy);
  registerDryRun(policy);
  registerForecast(policy);
  const list = policy.command('list').summary('show all policies').description('Shows every policy.');
  list.option('--json', 'one JSON array of policies').action(listCommand);
  documented(withConnection(list), ['lamp policy list', 'lamp policy list --json']);
  const show = policy.command('show').summary('show one policy').description('Shows everything a policy says.');
  show.argument('<policy>', 'id or name').option('--json', 'the policy as one JSON object').action(showCommand);
  documented(withConnection(show), ['lamp policy show nightly', 'lamp policy show nightly --json']);
  registerPolicyControl(policy);
}

function registerCreate(policy: Command): void {
  const create = policy
    .command('create')
    .summary('make a policy')
    .description(
      'Makes a policy from a file, from flags, or from both (flags win). Everything but the name has a default: all\n' +
        'platforms, the newest release, every night from 02:00 for 240 minutes in the zone of each device.',
    )
    .option('-f, --file <path>', 'policy as YAML or JSON (- reads standard input)')
    .option('--name <name>', 'name, unique')
    .option('--platform <list>', 'macOS, iOS, iPadOS, tvOS, visionOS; comma separated or repeated', platformList)
    .option(
      '--target <target>',
      'newest, newest:26.6 (at most), newest-minor (within the major version), 15.7.1, or 15.7.1:24G231',
    )
    .option('--days <list>', 'mon,tue,wed,thu,fri,sat,sun', dayList)
    .option('--start <hh:mm>', 'local time at which the window opens')
    .option('--length <minutes>', 'length of the window', wholeNumber(1))
    .option('--stop-before <minutes>', 'nothing is sent this long before it closes', wholeNumber(0))
    .option('--zone <zone>', "'device' (each device's own), or an IANA time zone for all")
    .option('--default-zone <zone>', 'IANA time zone of devices that do not report theirs')
    .option(
      '--action <action>',
      'Default, InstallASAP, DownloadOnly; of macOS alone InstallLater, NotifyOnly, InstallForceRestart',
    )
    .option('--devices-per-minute <n>', 'the most devices that are sent their first command per minute', wholeNumber(1))
    .option('--poll-minutes <n>', 'how long until a device is asked again how far it is', wholeNumber(1))
    .option('--json', 'the policy as one JSON object')
    .action(createCommand);
  documented(withConnection(create), [
    'lamp policy create --name nightly',
    'lamp policy create --name macs --platform macOS --target newest-minor --start 01:30 --length 180 --stop-before 45',
    'lamp policy create --name zurich --zone Europe/Zurich --days sat,sun',
    'lamp policy create -f policy.yaml --name staging',
  ]);
}

async function createCommand(options: Options & PolicyFlags): Promise<void> {
  const stored = await createPolicy(connect(options), policyInput(options));
  if (options.json === true) return print(JSON.stringify(stored));
  print(`Policy ${stored.spec.name} is stored (${stored.policyId}).`);
  print(`  ${sentence(stored.spec)}`);
  for (const fault of stored.warnings) say(faultLine('note:', fault));
  print(`  lamp rollout watch ${quoted(stored.spec.name)} follows it once a window is open.`);
}

async function listCommand(options: Options): Promise<void> {
  const policies = await listPolicies(connect(options));
  if (options.json === true) return print(JSON.stringify(policies));
  if (policies.length === 0) return print('There is no policy. lamp policy create --help tells how to make one.');
  const rows = policies.map(({ version, spec, paused }) => [
    spec.name,
    String(version),
    paused ? 'paused' : 'active',
    spec.platforms.join(','),
    targetText(spec),
    windowText(spec),
  ]);
  print(table(['name', 'version', 'state', 'platforms', 'target', 'window'], rows));
}

async function showCommand(wanted: string, options: Options): Promise<void> {
  const policy = await findPolicy(connect(options), wanted);
  print(options.json === true ? JSON.stringify(policy) : `${describe(policy)}\n\n${written(policy)}`);
}

/** As a file would say it: what has its default is left out. */
function written({ spec }: Policy): string {
  return yamlOf(resourceOf('Policy', spec)).trimEnd();
}

function describe({ policyId, version, spec, paused, createdAt, updatedAt }: Policy): string {
  return fields([
    ['name', spec.name],
    ['id', policyId],
    ['version', `${version}${paused ? ', paused' : ''}`],
    ['platforms', spec.platforms.join(', ')],
    ['target', targetText(spec)],
    ['window', windowText(spec)],
    ['install action', spec.installAction],
    [
      'pace',
      `at most ${spec.pace.devicesPerMinute} devices a minute, over ${Math.round(spec.pace.spread * 100)} % of the time to send`,
    ],
    ['asked again', `after ${spec.pollMinutes} minutes`],
    ['created', createdAt],
    ['changed', updatedAt],
  ]);
}

function sentence(spec: PolicySpec): string {
  return `${spec.platforms.join(', ')} to ${targetText(spec)}; ${windowText(spec)}`;
}

export function targetText({ target }: Pick<PolicySpec, 'target'>): string {
  if (target.kind === 'exact')
    return target.build === undefined ? target.version : `${target.version} (${target.build})`;
  const upTo = target.maximumVersion === undefined ? '' : ` up to ${target.maximumVersion}`;
  if (target.kind === 'minimum') return `at least ${target.version}, else the newest${upTo}`;
  return target.kind === 'newest-minor' ? `newest within the major version${upTo}` : `newest${upTo}`;
}

export function windowText({ windows }: { readonly windows: readonly (string | WindowSpec)[] }): string {
  return windows.map((window) => (typeof window === 'string' ? window : ownWindowText(window))).join('; ');
}

function ownWindowText(window: WindowSpec): string {
  const days = window.days.length === 7 ? 'daily' : window.days.join(',');
  const zone = window.zone === 'device' ? `device time (else ${window.defaultZone})` : window.zone;
  const { start, lengthMinutes, stopBeforeMinutes } = window;
  const stop = stopBeforeMinutes === 0 ? '' : `, sends until ${later(start, lengthMinutes - stopBeforeMinutes)}`;
  return `${days} ${start} to ${later(start, lengthMinutes)}${stop}, ${zone}`;
}

/** The local time so many minutes later, as clocks go that are not changed meanwhile. */
function later(start: string, minutes: number): string {
  const [hour = 0, minute = 0] = start.split(':').map(Number);
  const at = (hour * 60 + minute + minutes) % 1440;
  return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name}'`;
}
