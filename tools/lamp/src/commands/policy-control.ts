import type { Command } from 'commander';

import { findPolicy } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { controlPolicy, controlTenant, removePolicy, showTenant, versionsOf } from '../api/resource-calls.ts';
import { print } from '../output.ts';
import { documented } from './common.ts';
import { historyText } from './history.ts';

type Options = ConnectOptions & { readonly json?: boolean };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PAUSED = 'While paused it opens no window and releases no wave; what devices have taken is followed to its end.';

/** History, pause, resume and removal: further commands of `lamp policy`. */
export function registerPolicyControl(policy: Command): void {
  const history = policy
    .command('history')
    .summary('show its versions')
    .description('Shows who changed what and when, newest first; of a removed policy by its id.');
  history.argument('<policy>', 'id or name').option('--json', 'one JSON array of versions').action(historyCommand);
  documented(withConnection(history), ['lamp policy history nightly', 'lamp policy history nightly --json']);
  for (const action of ['pause', 'resume'] as const) {
    const control = policy
      .command(action)
      .summary(action === 'pause' ? 'hold it until it is resumed' : 'let it go on')
      .description(action === 'pause' ? `Pauses a policy. ${PAUSED}` : 'Lets a paused policy go on.');
    control.argument('<policy>', 'id or name').option('--json', 'the policy as one JSON object');
    control.action((wanted: string, options: Options) => controlCommand(wanted, action, options));
    documented(withConnection(control), [`lamp policy ${action} nightly`]);
  }
  const remove = policy
    .command('remove')
    .summary('remove a policy')
    .description('Removes a policy. Its rollouts and versions stay known. Refused while a window of it is open.')
    .argument('<policy>', 'id or name')
    .option('--abort', 'abort its rollout where a window is open')
    .option('--json', 'the policy as it was')
    .action(removeCommand);
  documented(withConnection(remove), ['lamp policy remove old', 'lamp policy remove old --abort']);
}

export function registerTenant(program: Command): void {
  const tenant = program
    .command('tenant')
    .summary('hold all policies at once')
    .description('What holds for all policies of the tenant that the token belongs to.');
  const show = tenant.command('show').summary('say whether it is paused').description('Says whether it is paused.');
  show.option('--json', 'one JSON object').action((options: Options) => tenantCommand(undefined, options));
  documented(withConnection(show), ['lamp tenant show']);
  for (const action of ['pause', 'resume'] as const) {
    const control = tenant
      .command(action)
      .summary(action === 'pause' ? 'hold all policies' : 'let them go on')
      .description(
        action === 'pause'
          ? `Pauses all policies. ${PAUSED}`
          : 'Lets all policies go on that are not paused themselves.',
      );
    control.option('--json', 'one JSON object').action((options: Options) => tenantCommand(action, options));
    documented(withConnection(control), [`lamp tenant ${action}`]);
  }
}

async function historyCommand(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const id = ID.test(wanted) ? wanted : (await findPolicy(api, wanted)).policyId;
  const versions = await versionsOf(api, 'policies', id);
  print(options.json === true ? JSON.stringify(versions) : historyText(versions));
}

async function controlCommand(wanted: string, action: 'pause' | 'resume', options: Options): Promise<void> {
  const api = connect(options);
  const policy = await controlPolicy(api, (await findPolicy(api, wanted)).policyId, action);
  if (options.json === true) return print(JSON.stringify(policy));
  print(`Policy ${policy.spec.name} ${policy.paused ? 'is paused' : 'goes on'}.`);
}

async function removeCommand(wanted: string, options: Options & { abort?: boolean }): Promise<void> {
  const api = connect(options);
  const policy = await removePolicy(api, (await findPolicy(api, wanted)).policyId, options.abort === true);
  if (options.json === true) return print(JSON.stringify(policy));
  print(`Policy ${policy.spec.name} is removed. lamp policy history ${policy.policyId} still tells what it said.`);
}

async function tenantCommand(action: 'pause' | 'resume' | undefined, options: Options): Promise<void> {
  const api = connect(options);
  const state = action === undefined ? await showTenant(api) : await controlTenant(api, action);
  if (options.json === true) return print(JSON.stringify(state));
  print(`Tenant ${state.tenant}: ${state.paused ? 'all policies are paused' : 'not paused'}.`);
}
