import type { RolloutReasons, Why } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { rolloutIdOf } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { whyDevice, whyRollout } from '../api/why-calls.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { dateTime, number, wordOf } from '../words.ts';
import { documented } from './common.ts';
import { rolloutArgument } from './rollout-watch.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerWhy(program: Command): void {
  const why = program
    .command('why')
    .summary('say why a device has not updated')
    .description(
      'One verdict in plain words, what happens next and when, what you can do, and what all of it rests on:\n' +
        'from the policy to the last report of the device.',
    )
    .argument('<device>', 'device id (UDID or EnrollmentID), or serial number')
    .option('--json', 'one JSON object')
    .action(async (device: string, options: Options) => {
      const told = await whyDevice(connect(options), device);
      print(options.json === true ? JSON.stringify(told) : describeWhy(told));
    });
  documented(withConnection(why), ['lamp why F2LX1234ABCD', 'lamp why 00008030-001A2B3C4D5E6F70 --json']);
}

/** `lamp rollout why`. */
export function registerRolloutWhy(rollout: Command): void {
  const why = rollout
    .command('why')
    .summary('say why devices have not updated, most frequent reason first')
    .description('The reasons of all devices that have not updated, with counts, examples and what you can do.')
    .argument(...rolloutArgument)
    .option('--json', 'one JSON object')
    .action(async (wanted: string, options: Options) => {
      const api = connect(options);
      const told = await whyRollout(api, await rolloutIdOf(api, wanted));
      print(options.json === true ? JSON.stringify(told) : describeReasons(told));
    });
  documented(withConnection(why), ['lamp rollout why nightly', 'lamp rollout why nightly --json']);
}

/** For a person. */
export function describeWhy(told: Why): string {
  const { deviceId, serialNumber, policy, state, osVersion, target, evidence } = told;
  const about = fields([
    ['device', serialNumber === null ? deviceId : `${deviceId} (${serialNumber})`],
    ['policy', policy === null ? '-' : `${policy.name}, version ${policy.version}`],
    ['OS', `${osVersion ?? 'not known'}${target === null ? '' : `, target ${target.version} (${target.build})`}`],
    ['state', state === null ? '-' : wordOf(state)],
  ]);
  const answer = fields([
    ['why', told.explanation],
    ['next', told.next.text],
    ['to do', told.action],
  ]);
  const rows = evidence.map(({ at, kind, text }) => [`  ${dateTime(at)}`, kind, text]);
  return `${told.verdict}\n\n${answer}\n\n${about}\n\nEvidence (UTC)\n${table(['  since', 'of', 'what'], rows)}`;
}

/** For a person. */
export function describeReasons(told: RolloutReasons): string {
  const { policyName, policyVersion, devices, installed, items } = told;
  const head = `${policyName} v${policyVersion}, ${told.state}: ${number(installed)} of ${number(devices)} devices are installed.`;
  if (items.length === 0) return head;
  const rows = items.map((one) => [
    number(one.devices),
    one.title,
    wordOf(one.state),
    one.examples[0] ?? '-',
    one.action,
  ]);
  return `${head}\n\n${table(['devices', 'why not', 'state', 'for example', 'to do'], rows)}\n\nlamp why <device> tells of one device.`;
}
