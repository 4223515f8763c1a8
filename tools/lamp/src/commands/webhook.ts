import { type Webhook, WebhookTopic } from '@lamplighter/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readFileSync } from 'node:fs';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { listWebhooks, putWebhook, removeWebhook, showWebhook } from '../api/webhook-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { count, dateTime, number } from '../words.ts';
import { documented } from './common.ts';
import { registerDeliveries } from './webhook-deliveries.ts';

type Options = ConnectOptions & { readonly json?: boolean };
interface PutOptions extends Options {
  readonly topics?: WebhookTopic[];
  readonly secretFile?: string;
  readonly unsigned?: boolean;
  readonly disabled?: boolean;
}

export function registerWebhook(program: Command): void {
  const webhook = program
    .command('webhook')
    .summary('tell other systems what devices say')
    .description(
      "Each answer and check-in of a device is posted to the webhooks that want it, in MicroMDM's format. It is tried until it is taken, or given up after a day.",
    );
  registerPut(webhook);
  const list = webhook
    .command('list')
    .summary('show all')
    .description('Shows every webhook, and how its deliveries stand.');
  list.option('--json', 'one JSON array').action(listCommand);
  documented(withConnection(list), ['lamp webhook list', 'lamp webhook list --json']);
  const show = webhook
    .command('show')
    .summary('show one')
    .description('Shows one webhook, and how its deliveries stand.');
  show.argument('<name>').option('--json', 'one JSON object').action(showCommand);
  documented(withConnection(show), ['lamp webhook show tools']);
  const remove = webhook
    .command('remove')
    .summary('remove one, with all that waits for it')
    .description('Removes a webhook with all that waits for it or was given up.');
  remove.argument('<name>').option('--json', 'the webhook as it was').action(removeCommand);
  documented(withConnection(remove), ['lamp webhook remove tools']);
  registerDeliveries(webhook);
}

function registerPut(webhook: Command): void {
  const put = webhook
    .command('put')
    .summary('make or change one')
    .description(
      'Makes a webhook, or replaces the one of that name. It is told of what happens from now on. The secret stays unless --secret-file or --unsigned is given.',
    )
    .argument('<name>', 'lower-case letters, digits and dashes')
    .argument('<url>', 'where events are posted: http or https; redirects are not followed')
    .option('--topics <list>', `comma separated (default: all): ${WebhookTopic.options.join(', ')}`, topicList)
    .option('--secret-file <path>', 'file with the key of X-Hmac-Signature; - reads standard input')
    .addOption(new Option('--unsigned', 'forget the secret: no signature').conflicts('secretFile'))
    .option('--disabled', 'send nothing, and keep nothing that happens meanwhile')
    .option('--json', 'the webhook as one JSON object')
    .action(putCommand);
  documented(withConnection(put), [
    'lamp webhook put tools https://tools.example.com/mdm --secret-file webhook.key',
    'lamp webhook put answers http://10.0.0.5:8080/ --topics mdm.Connect',
  ]);
}

/** Throws InvalidArgumentError for a topic that there is not. */
function topicList(text: string): WebhookTopic[] {
  const parsed = WebhookTopic.array().safeParse(text.split(',').map((one) => one.trim()));
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`Topics are ${WebhookTopic.options.join(', ')}.`);
}

async function putCommand(name: string, url: string, options: PutOptions): Promise<void> {
  const { topics, secretFile, unsigned, disabled } = options;
  const secret = unsigned === true ? null : secretFile === undefined ? undefined : secretIn(secretFile);
  const stored = await putWebhook(connect(options), name, { url, topics, secret, enabled: disabled !== true });
  print(options.json === true ? JSON.stringify(stored) : describe(stored));
}

/** Without the line break at its end. Throws LampError where there is none. */
function secretIn(path: string): string {
  try {
    const secret = readFileSync(path === '-' ? 0 : path, 'utf8').replace(/\r?\n$/, '');
    if (secret !== '') return secret;
  } catch (error) {
    throw new LampError(`${path} cannot be read: ${(error as Error).message}`, 'Check the path.', exitCode.usage);
  }
  throw new LampError(`${path} is empty.`, 'Write the key into it, or use --unsigned.', exitCode.usage);
}

async function listCommand(options: Options): Promise<void> {
  const items = await listWebhooks(connect(options));
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0) return print('There is no webhook. lamp webhook put makes one.');
  const rows = items.map((one) => [
    one.name,
    one.enabled ? 'enabled' : 'disabled',
    one.signed ? 'signed' : '-',
    number(one.waiting),
    number(one.failed),
    number(one.dropped),
    one.url,
  ]);
  print(table(['name', 'state', 'signature', 'waiting', 'given up', 'dropped', 'URL'], rows));
}

async function showCommand(name: string, options: Options): Promise<void> {
  const webhook = await showWebhook(connect(options), name);
  print(options.json === true ? JSON.stringify(webhook) : describe(webhook));
}

async function removeCommand(name: string, options: Options): Promise<void> {
  const webhook = await removeWebhook(connect(options), name);
  if (options.json === true) return print(JSON.stringify(webhook));
  print(`${webhook.name} is removed, with ${count(webhook.waiting + webhook.failed, 'event')} that it had not taken.`);
}

function describe(webhook: Webhook): string {
  return fields([
    ['name', `${webhook.name}${webhook.enabled ? '' : ' (disabled)'}`],
    ['URL', webhook.url],
    ['topics', webhook.topics.join(', ')],
    ['signature', webhook.signed ? 'X-Hmac-Signature' : 'none'],
    ['waiting', `${number(webhook.waiting)}, the oldest since ${dateTime(webhook.oldestWaitingAt)}`],
    ['given up', number(webhook.failed)],
    ['dropped', number(webhook.dropped)],
    ['last error', webhook.lastError ?? '-'],
  ]);
}
