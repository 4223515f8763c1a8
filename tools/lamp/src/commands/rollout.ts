import { type HandOvers, type Rollout, type RolloutAction, UpdateState } from '@lamplighter/contracts';
import { type Command, Option } from 'commander';

import { controlRollout, listRollouts, rolloutDevices, rolloutIdOf, showHandOvers, showRollout } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { handOverLine, rolloutBlock } from '../live/rollout-view.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { clockTime, count, dateTime, number, wordOf } from '../words.ts';
import { documented, wholeNumber } from './common.ts';
import { registerRolloutWhy } from './why.ts';
import { registerWatch, rolloutArgument, terminal } from './rollout-watch.ts';

type Options = ConnectOptions & { readonly json?: boolean };

const controls: Readonly<Record<RolloutAction, { readonly summary: string; readonly description: string }>> = {
  pause: {
    summary: 'send nothing new for now',
    description:
      'No further device gets its first command, and none under way is told to download or to install, until it is resumed.\n' +
      'What devices have in hand is followed to its end.',
  },
  resume: {
    summary: 'go on after a pause, or after a halt',
    description:
      'Goes on with what the pause held back, within the window. Rings that the health gate has halted go on with --override\n' +
      'alone; the gate does not halt them again.',
  },
  abort: {
    summary: 'end it, and take back what was not handed over',
    description:
      'Ends the rollout for good. Commands that no device has taken yet are revoked; updates that run are not stopped.',
  },
  emergency: {
    summary: 'let it go at once',
    description: 'It goes at once, without windows, blackouts, rings and days after release. Only an abort ends that.',
  },
};

export function registerRollout(program: Command): void {
  const rollout = program
    .command('rollout')
    .summary('follow and steer what policies do')
    .description('A rollout is one version of a policy at work on the fleet, over all of its windows.');
  const list = rollout
    .command('list')
    .summary('show all rollouts, newest first')
    .description('Shows every rollout, newest first.');
  list.option('--json', 'one JSON array').action(listCommand);
  documented(withConnection(list), ['lamp rollout list', 'lamp rollout list --json']);
  const show = rollout
    .command('show')
    .summary('show one rollout')
    .description('Shows states, reasons, platforms, windows and progress.');
  show
    .argument(...rolloutArgument)
    .option('--json', 'the rollout as one JSON object')
    .action(showCommand);
  documented(withConnection(show), ['lamp rollout show nightly', 'lamp rollout show 6f1a… --json']);
  registerWatch(rollout);
  registerDevices(rollout);
  registerRolloutWhy(rollout);
  for (const action of Object.keys(controls) as RolloutAction[]) registerControl(rollout, action);
}

function registerDevices(rollout: Command): void {
  const devices = rollout
    .command('devices')
    .summary('list its devices')
    .description('Lists the devices of a rollout with state, reason and trace.')
    .argument(...rolloutArgument)
    .addOption(new Option('--state <state>', 'only those in this state').choices(UpdateState.options))
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 1000)
    .option('--json', 'one JSON array')
    .action(devicesCommand);
  documented(withConnection(devices), [
    'lamp rollout devices nightly --state failed',
    'lamp rollout devices nightly -n 50 --json',
  ]);
}

function registerControl(rollout: Command, action: RolloutAction): void {
  const command = rollout
    .command(action)
    .summary(controls[action].summary)
    .description(controls[action].description)
    .argument(...rolloutArgument)
    .option('--json', 'one JSON object: rolloutId, state, emergency, overridden')
    .action(async (wanted: string, options: Options & { override?: boolean }) => {
      const api = connect(options);
      const done = await controlRollout(api, await rolloutIdOf(api, wanted), action, options.override);
      const rings = done.overridden > 0 ? ` Halted rings that go on: ${number(done.overridden)}.` : '';
      print(options.json === true ? JSON.stringify(done) : `Rollout ${done.rolloutId} is ${done.state}.${rings}`);
    });
  if (action === 'resume') command.option('--override', 'let halted rings go on, whatever the health gate says');
  documented(withConnection(command), [`lamp rollout ${action} nightly`]);
}

async function listCommand(options: Options): Promise<void> {
  const rollouts = await listRollouts(connect(options));
  if (options.json === true) return print(JSON.stringify(rollouts));
  if (rollouts.length === 0) return print('There is no rollout. One begins when a window of a policy opens.');
  const rows = rollouts.map((one) => [
    one.rolloutId,
    `${one.policyName} v${one.policyVersion}`,
    one.state,
    dateTime(one.createdAt),
    number(one.devices),
    number(one.installed),
    number(one.failed),
  ]);
  print(table(['rollout', 'policy', 'state', 'since (UTC)', 'devices', 'installed', 'failed'], rows));
}

async function showCommand(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const id = await rolloutIdOf(api, wanted);
  const [rollout, handOvers] = await Promise.all([showRollout(api, id), showHandOvers(api, id)]);
  print(options.json === true ? JSON.stringify({ ...rollout, handOvers }) : describe(rollout, handOvers));
}

function describe(rollout: Rollout, handOvers: HandOvers): string {
  const { reasons, platforms, windows, rings } = rollout;
  const blocks = [
    rolloutBlock(rollout, terminal()).join('\n'),
    fields([
      ['rollout', rollout.rolloutId],
      ['policy', `${rollout.policyName} v${rollout.policyVersion} (${rollout.policyId})`],
      ['last hand-over', handOverLine(handOvers)],
    ]),
    table(
      ['platform', 'devices', 'installed'],
      platforms.map((one) => [one.platform, number(one.devices), number(one.installed)]),
    ),
  ];
  if (rings.length > 0)
    blocks.push(
      table(
        ['ring', 'state', 'from', 'devices', 'sent', 'installed', 'failed', 'NotNow', 'silent', 'why'],
        rings.map((one) => [
          one.name,
          one.state,
          one.opensOn ?? 'release',
          ...[one.devices, one.sent, one.installed, one.failed, one.notNow, one.silent].map(number),
          one.detail ?? '',
        ]),
      ),
    );
  if (reasons.length > 0)
    blocks.push(
      table(
        ['state', 'why', 'devices'],
        reasons.map((one) => [wordOf(one.state), wordOf(one.reason), number(one.devices)]),
      ),
    );
  if (windows.length > 0) blocks.push(windowTable(windows));
  return blocks.join('\n\n');
}

function windowTable(windows: Rollout['windows']): string {
  return table(
    ['window', 'night', 'zone', 'opens (UTC)', 'stops', 'closes', 'state', 'planned', 'sent by', 'carried over'],
    windows.map((one) => [
      one.window,
      one.localDate,
      one.zone === '*' ? 'fixed' : one.zone,
      dateTime(one.opensAt).slice(0, -3),
      clockTime(one.stopsAt).slice(0, -3),
      clockTime(one.closesAt).slice(0, -3),
      one.state,
      number(one.planned),
      one.predictedFinishAt === null ? (one.heldBack ?? '-') : clockTime(one.predictedFinishAt),
      leftOverText(one),
    ]),
  );
}

function leftOverText({ carriedOver, leftOver }: Rollout['windows'][number]): string {
  if (carriedOver === null) return '-';
  const why = Object.entries(leftOver ?? {}).map(([reason, devices]) => `${reason} ${number(devices)}`);
  return why.length === 0 ? number(carriedOver) : `${number(carriedOver)}: ${why.join(', ')}`;
}

async function devicesCommand(wanted: string, options: Options & { state?: string; lines: number }): Promise<void> {
  const api = connect(options);
  const items = [];
  for await (const item of rolloutDevices(api, await rolloutIdOf(api, wanted), options.state)) {
    if (items.length === options.lines) break;
    items.push(item);
  }
  if (options.json === true) return print(JSON.stringify(items));
  const rows = items.map((one) => [
    one.deviceId,
    one.platform,
    one.fromVersion ?? '-',
    one.targetVersion,
    wordOf(one.state),
    one.reason === null ? '' : wordOf(one.reason),
    dateTime(one.updatedAt),
    one.traceId ?? '-',
  ]);
  print(table(['device', 'platform', 'from', 'to', 'state', 'why', 'since (UTC)', 'trace'], rows));
  print(count(items.length, 'device'));
}
