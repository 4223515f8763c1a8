import type { CommandBatch, CommandItem } from '@lamplighter/contracts';
import { type Command, Option } from 'commander';

import { BATCH_DEVICES, cancelCommand, clearQueue, listCommands, sendCommands } from '../api/command-calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { exitCode } from '../errors.ts';
import { ofDevice } from '../api/why-calls.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, dateTime, number } from '../words.ts';
import { devicesOf, orderOf, type OrderOptions } from './command-order.ts';
import { documented, wholeNumber } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };
type SendOptions = Options & OrderOptions & { readonly type?: string; readonly key?: string };

const deviceArgument = ['<device>', 'device id (UDID or EnrollmentID), or serial number'] as const;

export function registerCommand(program: Command): void {
  const command = program
    .command('command')
    .summary('send MDM commands to devices, see why they wait, take them back')
    .description(
      'Each device has a queue of commands: security actions go before updates, updates before inventory; then the oldest first. A command waits until the device connects, at most until its expiry.',
    );
  registerSend(command);
  registerList(command);
  registerCancel(command);
  registerClear(command);
}

function registerSend(command: Command): void {
  const send = command
    .command('send')
    .summary('put a command into the queues of devices')
    .description(
      'Queues one command for each device and wakes them. Says for each what came of it; exits with 1 where a device did not take it.',
    )
    .argument('[devices...]', 'device ids (UDIDs or EnrollmentIDs)')
    .option('--devices <file>', 'more device ids, one a line; - is stdin')
    .option('--type <request type>', 'a command without further keys, such as SecurityInfo')
    .option('--file <path>', 'the command as an XML plist, or its Command dictionary as JSON; - is stdin')
    .option('--not-before <instant>', 'not handed over before, ISO 8601')
    .option('--expires <instant>', 'not handed over from then on, ISO 8601 (default: in 7 days)')
    .option('--purpose <text>', 'replaces an undelivered command of the same request type and purpose')
    .option('--retries <count>', "how often a device's Error is tried again", wholeNumber(0, 10))
    .option('--key <text>', 'idempotency key: the same again queues nothing twice')
    .option('--no-push', 'do not wake the devices')
    .option('--json', 'one JSON array: deviceId, commandId, outcome, refusal')
    .action(sendCommand);
  documented(withConnection(send), [
    'lamp command send 00008030-001A2B3C4D5E6F70 --type SecurityInfo',
    'lamp command send --devices ids.txt --file lock.plist --expires 2026-12-01T00:00:00Z',
    'lamp command send 00008030-001A2B3C4D5E6F70 --file wifi.json --purpose wifi --key ticket-4711 --json',
  ]);
}

function registerList(command: Command): void {
  const list = command
    .command('list')
    .summary("a device's commands, and why each still waits")
    .description('Lists the commands of a device, newest first, with the reason why each pending one waits.')
    .argument(...deviceArgument)
    .addOption(new Option('--state <state>', 'only those').choices(['pending', 'finished', 'all']).default('all'))
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 100)
    .option('--json', 'one JSON array')
    .action(listCommand);
  documented(withConnection(list), [
    'lamp command list 00008030-001A2B3C4D5E6F70 --state pending',
    'lamp command list 00008030-001A2B3C4D5E6F70 -n 10 --json',
  ]);
}

function registerCancel(command: Command): void {
  const cancel = command
    .command('cancel')
    .summary('take back one command')
    .description('Ends a command that its device has not in hand. One that was handed over cannot be taken back.')
    .argument(...deviceArgument)
    .argument('<command>', 'command id (CommandUUID)')
    .option('--json', 'one JSON object: commandId, outcome')
    .action(cancelOne);
  documented(withConnection(cancel), [
    'lamp command cancel 00008030-001A2B3C4D5E6F70 0001fa56-8b1a-4f5a-9a3e-5d6c7b8a9e01',
  ]);
}

function registerClear(command: Command): void {
  const clear = command
    .command('clear')
    .summary("take back all of a device's commands")
    .description('Ends every command that the device has not in hand.')
    .argument(...deviceArgument)
    .option('--json', 'one JSON object: cleared, inHand')
    .action(clearAll);
  documented(withConnection(clear), ['lamp command clear 00008030-001A2B3C4D5E6F70']);
}

async function sendCommand(named: string[], options: SendOptions): Promise<void> {
  const order = orderOf(options.type, options);
  const devices = devicesOf(named, options.devices);
  const api = connect(options);
  const results: CommandBatch['results'] = [];
  for (let from = 0; from < devices.length; from += BATCH_DEVICES) {
    const batch = await sendCommands(api, devices.slice(from, from + BATCH_DEVICES), order, options.key);
    results.push(...batch.results);
  }
  const missed = results.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed');
  if (missed.length > 0) process.exitCode = exitCode.failed;
  if (options.json === true) return print(JSON.stringify(results));
  const known = results.filter(({ outcome }) => outcome === 'known').length;
  const [only] = results;
  if (results.length === 1 && only?.outcome === 'queued') return print(`Command ${only.commandId} is queued.`);
  print(
    `${count(results.length - missed.length - known, 'command')} queued, ${number(known)} known already, ${number(missed.length)} not taken.`,
  );
  if (missed.length > 0)
    print(
      table(
        ['device', 'outcome', 'why'],
        missed.map(({ deviceId, outcome, refusal }) => [deviceId, outcome, refusal?.detail ?? '-']),
      ),
    );
}

async function listCommand(wanted: string, options: Options & { state: string; lines: number }): Promise<void> {
  const api = connect(options);
  const items = await ofDevice(api, wanted, async (deviceId) => {
    const found: CommandItem[] = [];
    for await (const item of listCommands(api, deviceId, options.state)) {
      if (found.length === options.lines) break;
      found.push(item);
    }
    return found;
  });
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0) return print('There is no such command.');
  const rows = items.map((one) => [
    one.commandId,
    one.requestType,
    one.lane,
    one.state,
    dateTime(one.createdAt),
    dateTime(one.finishedAt),
    one.waiting?.detail ?? '',
  ]);
  print(table(['command', 'request type', 'lane', 'state', 'queued (UTC)', 'ended', 'why it waits'], rows));
}

async function cancelOne(wanted: string, commandId: string, options: Options): Promise<void> {
  const api = connect(options);
  const done = await ofDevice(api, wanted, (deviceId) => cancelCommand(api, deviceId, commandId));
  print(options.json === true ? JSON.stringify(done) : `Command ${done.commandId} is taken back.`);
}

async function clearAll(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const done = await ofDevice(api, wanted, (deviceId) => clearQueue(api, deviceId));
  if (options.json === true) return print(JSON.stringify(done));
  const inHand = done.inHand === 0 ? '' : ` ${count(done.inHand, 'command')} stayed: the device has it in hand.`;
  print(`${count(done.cleared, 'command')} taken back.${inHand}`);
}
