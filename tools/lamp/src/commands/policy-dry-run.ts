import { DryRun, type PolicyInput, reasonOf } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { findPolicy } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, number } from '../words.ts';
import { documented } from './common.ts';
import { policyInput } from './policy-input.ts';

type Options = ConnectOptions & { readonly json?: boolean; readonly file?: string };

export function registerDryRun(policy: Command): void {
  const dryRun = policy
    .command('dry-run')
    .summary('show what it would do with the fleet now')
    .description(
      'Judges every device as a plan would, and changes nothing: how many would be sent which update, how many not and why.\n' +
        'A policy from a file need not be stored; with both, the file stands in the place of the stored one.',
    )
    .argument('[policy]', 'id or name')
    .option('-f, --file <path>', 'policy as YAML or JSON (- reads standard input)')
    .option('--json', 'one JSON object')
    .action(dryRunCommand);
  documented(withConnection(dryRun), ['lamp policy dry-run nightly', 'lamp policy dry-run -f policy.yaml']);
}

async function dryRunCommand(wanted: string | undefined, options: Options): Promise<void> {
  if (wanted === undefined && options.file === undefined)
    throw new LampError('Which policy?', 'Give its name or id, or a file with -f.', exitCode.usage);
  const api = connect(options);
  const id = wanted === undefined ? undefined : (await findPolicy(api, wanted)).policyId;
  const body: PolicyInput | object = options.file === undefined ? {} : policyInput({ file: options.file });
  const path = id === undefined ? '/v1/policies/dry-run' : `/v1/policies/${id}/dry-run`;
  const answer = await api.call({ method: 'POST', path, body, answer: DryRun });
  print(options.json === true ? JSON.stringify(answer) : dryRunText(answer));
}

export function dryRunText({ enrolled, assigned, targeted, skipped, targets, reasons, rings }: DryRun): string {
  const samplesOf = ({ samples }: { samples: string[] }): string => samples.slice(0, 2).join(', ');
  const blocks = [
    `Of ${count(enrolled, 'enrolled device')} the policy takes in ${number(assigned)}: ${number(targeted)} would be sent an update, ${number(skipped)} not.`,
  ];
  if (targets.length > 0)
    blocks.push(
      table(
        ['platform', 'target', 'build', 'devices', 'such as'],
        targets.map((one) => [one.platform, one.version, one.build, number(one.devices), samplesOf(one)]),
      ),
    );
  if (rings.length > 0)
    blocks.push(
      table(
        ['ring', 'devices', 'such as'],
        rings.map((one) => [one.name, number(one.devices), samplesOf(one)]),
      ),
    );
  if (reasons.length > 0)
    blocks.push(
      table(
        ['not sent', 'why', 'devices', 'such as'],
        reasons.map((one) => [one.reason, reasonOf(one.reason).title, number(one.devices), samplesOf(one)]),
      ),
    );
  return blocks.join('\n\n');
}
