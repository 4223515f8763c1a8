import type { WebhookDelivery } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { discardDelivery, listDeliveries, retryDeliveries, showDelivery } from '../api/webhook-calls.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, dateTime } from '../words.ts';
import { documented, wholeNumber } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };

/** `deliveries`, `delivery`, `retry` and `discard` of `lamp webhook`. */
export function registerDeliveries(webhook: Command): void {
  const list = webhook
    .command('deliveries')
    .summary('what waits for one, or was given up')
    .description('Lists what waits for a webhook or was given up, oldest first. What was delivered is not kept.')
    .argument('<name>', 'of the webhook')
    .option('--failed', 'only what was given up')
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 100)
    .option('--json', 'one JSON array')
    .action(listCommand);
  documented(withConnection(list), ['lamp webhook deliveries tools', 'lamp webhook deliveries tools --failed --json']);
  const show = webhook
    .command('delivery')
    .summary('one event that waits or was given up')
    .description('Shows one event with the body that is sent, as one JSON object.')
    .argument('<name>', 'of the webhook')
    .argument('<event>', 'event id')
    .action(showCommand);
  documented(withConnection(show), ['lamp webhook delivery tools 6f1c1f5e-0000-8000-8000-000000000001']);
  const retry = webhook
    .command('retry')
    .summary('try again what was given up')
    .description('Tries one event again at once, or all that was given up.')
    .argument('<name>', 'of the webhook')
    .argument('[event]', 'event id; without it all that was given up')
    .option('--json', 'one JSON object: retried')
    .action(retryCommand);
  documented(withConnection(retry), ['lamp webhook retry tools']);
  const discard = webhook
    .command('discard')
    .summary('take one event back')
    .description('Takes an event back for good. Who did so stays in the audit.')
    .argument('<name>', 'of the webhook')
    .argument('<event>', 'event id')
    .option('--json', 'the delivery as it was')
    .action(discardCommand);
  documented(withConnection(discard), ['lamp webhook discard tools 6f1c1f5e-0000-8000-8000-000000000001']);
}

async function listCommand(name: string, options: Options & { failed?: boolean; lines: number }): Promise<void> {
  const items: WebhookDelivery[] = [];
  for await (const item of listDeliveries(connect(options), name, options.failed === true ? 'failed' : undefined)) {
    if (items.length === options.lines) break;
    items.push(item);
  }
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0) return print('Nothing.');
  const rows = items.map((one) => [
    one.eventId,
    one.topic,
    one.deviceId,
    dateTime(one.at),
    one.state === 'failed' ? 'given up' : one.state,
    String(one.attempts),
    one.lastError ?? '-',
  ]);
  print(table(['event', 'topic', 'device', 'at (UTC)', 'state', 'attempts', 'last error'], rows));
}

async function showCommand(name: string, eventId: string, options: Options): Promise<void> {
  print(JSON.stringify(await showDelivery(connect(options), name, eventId), null, 2));
}

async function retryCommand(name: string, eventId: string | undefined, options: Options): Promise<void> {
  const retried = await retryDeliveries(connect(options), name, eventId);
  print(options.json === true ? JSON.stringify({ retried }) : `${count(retried, 'event')} will be tried again now.`);
}

async function discardCommand(name: string, eventId: string, options: Options): Promise<void> {
  const delivery = await discardDelivery(connect(options), name, eventId);
  print(options.json === true ? JSON.stringify(delivery) : `${delivery.eventId} (${delivery.topic}) is discarded.`);
}
