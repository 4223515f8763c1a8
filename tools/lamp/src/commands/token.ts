import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { createToken, listTokens, revokeToken } from '../api/token-calls.ts';
import { print, say } from '../output.ts';
import { table } from '../table.ts';
import { dateTime } from '../words.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };
type CreateOptions = Options & { readonly tenant?: string; readonly installation?: boolean };

export function registerToken(program: Command): void {
  const token = program
    .command('token')
    .summary('who may use the API')
    .description(
      'Bearer tokens of the admin API. Each stands for one tenant and one name; it is shown once and kept nowhere.',
    );
  const create = token
    .command('create')
    .summary('make one')
    .description('Makes a token and shows it, this once. It may do everything in its tenant.')
    .argument('<name>', 'what changes are noted under in the audit')
    .option('--tenant <tenant>', 'whose it is (default: the same as that of the token in use)')
    .option('--installation', 'it may also change what all tenants share: the catalogue')
    .option('--json', 'one JSON object')
    .action(createCommand);
  documented(withConnection(create), ['lamp token create dashboard', 'lamp token create feeds --installation']);
  const list = token.command('list').summary('show all').description('Shows the tokens, without themselves.');
  list.option('--json', 'one JSON array').action(listCommand);
  documented(withConnection(list), ['lamp token list']);
  const revoke = token.command('revoke').summary('end one').description('Ends a token: it is let in no more.');
  revoke
    .argument('<name>')
    .option('--tenant <tenant>', 'whose it is')
    .option('--json', 'one JSON object')
    .action(revokeCommand);
  documented(withConnection(revoke), ['lamp token revoke dashboard']);
}

async function createCommand(name: string, { tenant, installation, ...options }: CreateOptions): Promise<void> {
  const made = await createToken(connect(options), { name, tenant, installation });
  if (options.json === true) return print(JSON.stringify(made));
  say(`The token ${made.name} of the tenant ${made.tenant}. It is not shown again:`);
  print(made.token);
}

async function listCommand(options: Options): Promise<void> {
  const items = await listTokens(connect(options));
  if (options.json === true) return print(JSON.stringify(items));
  const rows = items.map((one) => [
    one.name,
    one.tenant,
    one.installation ? 'whole installation' : 'tenant',
    dateTime(one.createdAt),
    one.revokedAt === null ? 'live' : `revoked ${dateTime(one.revokedAt)}`,
  ]);
  print(table(['name', 'tenant', 'right over', 'made (UTC)', 'state'], rows));
}

async function revokeCommand(name: string, { tenant, ...options }: Options & { tenant?: string }): Promise<void> {
  const ended = await revokeToken(connect(options), name, tenant);
  print(
    options.json === true ? JSON.stringify(ended) : `The token ${ended.name} of the tenant ${ended.tenant} is revoked.`,
  );
}
