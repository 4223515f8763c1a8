import type { Device, DeviceSummary } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { listDevices, showDevice } from '../api/calls.ts';
import { devicePolicies } from '../api/group-calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { ofDevice } from '../api/why-calls.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { count, dateTime, wordOf } from '../words.ts';
import { documented, wholeNumber } from './common.ts';
import { registerDeviceUpdates } from './device-updates.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerDevice(program: Command): void {
  const device = program
    .command('device')
    .summary('see devices, and why one has or has not updated')
    .description('Devices as they report themselves, where their updates stand, and everything that happened to them.');
  const list = device
    .command('list')
    .summary('list devices')
    .description('Lists devices by id.')
    .option('--search <text>', 'what the device id, the serial number or the name begins with, in any case')
    .option('-n, --lines <count>', 'at most so many', wholeNumber(1), 1000)
    .option('--json', 'one JSON array')
    .action(listCommand);
  documented(withConnection(list), ['lamp device list', 'lamp device list --search C02X --json']);
  const show = device
    .command('show')
    .summary('show one device with its whole story')
    .description(
      'Shows its facts, where its updates stand, the commands that wait and why, and its timeline with trace ids.',
    )
    .argument('<device>', 'device id (UDID or EnrollmentID), or serial number')
    .option('--json', 'the device as one JSON object')
    .action(showCommand);
  documented(withConnection(show), [
    'lamp device show 00008030-001A2B3C4D5E6F70',
    'lamp device show 00008030-001A2B3C4D5E6F70 --json',
  ]);
  registerPolicies(device);
  registerDeviceUpdates(device);
}

function registerPolicies(device: Command): void {
  const policies = device
    .command('policies')
    .summary('see which policies take it in, which not and why')
    .description('Every policy in the order in which they go before each other; one holds, the others say why not.')
    .argument('<device>', 'device id (UDID or EnrollmentID), or serial number')
    .option('--json', 'one JSON object: deviceId, enrolled, policies')
    .action(policiesCommand);
  documented(withConnection(policies), ['lamp device policies 00008030-001A2B3C4D5E6F70']);
}

async function policiesCommand(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const told = await ofDevice(api, wanted, (deviceId) => devicePolicies(api, deviceId));
  if (options.json === true) return print(JSON.stringify(told));
  if (told.policies.length === 0) return print('There is no policy.');
  const rows = told.policies.map((one) => [
    one.effective ? '→' : '',
    `${one.name} v${one.version}${one.paused ? ' (paused)' : ''}`,
    String(one.precedence),
    one.matches ? (one.effective ? 'holds' : 'would hold') : 'no',
    one.text,
  ]);
  print(table(['', 'policy', 'precedence', 'this device', 'why'], rows));
}

async function listCommand(options: Options & { search?: string; lines: number }): Promise<void> {
  const items: DeviceSummary[] = [];
  for await (const item of listDevices(connect(options), options.search)) {
    if (items.length === options.lines) break;
    items.push(item);
  }
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0)
    return print(
      options.search === undefined
        ? 'No device has enrolled yet.'
        : `No device has "${options.search}" in its id, serial number or name.`,
    );
  const rows = items.map((one) => [
    one.deviceId,
    one.platform,
    one.productName ?? '-',
    one.osVersion ?? '-',
    one.serialNumber ?? '-',
    one.enrolled ? 'enrolled' : 'left',
    dateTime(one.lastAnswerAt),
    one.deviceName ?? '-',
  ]);
  print(table(['device', 'platform', 'model', 'OS', 'serial number', 'state', 'last answer (UTC)', 'name'], rows));
  print(count(items.length, 'device'));
}

async function showCommand(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const device = await ofDevice(api, wanted, (deviceId) => showDevice(api, deviceId));
  print(options.json === true ? JSON.stringify(device) : describeDevice(device));
}

/** Everything about one device, for a person. */
export function describeDevice(device: Device): string {
  const { updates, pending, timeline, availableUpdates } = device;
  const blocks = [facts(device)];
  if (updates.length > 0)
    blocks.push(
      `Updates\n${table(
        ['policy', 'from', 'to', 'state', 'why', 'since (UTC)', 'trace'],
        updates.map((one) => [
          one.policyName,
          one.fromVersion ?? '-',
          `${one.targetVersion} (${one.targetBuild})`,
          wordOf(one.state),
          wordOf(one.reason ?? ''),
          dateTime(one.updatedAt),
          one.traceId ?? '-',
        ]),
      )}`,
    );
  if (device.updateStatus !== null) blocks.push(statusText(device.updateStatus));
  if (availableUpdates.length > 0)
    blocks.push(
      `Offers\n${table(
        ['product', 'version', 'build', 'reported (UTC)'],
        availableUpdates.map((one) => [one.productKey, one.version ?? '-', one.build ?? '-', dateTime(one.reportedAt)]),
      )}`,
    );
  blocks.push(
    pending.length === 0
      ? 'No command waits.'
      : `Waiting commands (lamp command list ${device.deviceId} --state pending says why)\n${pending.map((one) => `  ${waiting(one)}`).join('\n')}`,
  );
  blocks.push(`Timeline (UTC)\n${timeline.map((one) => `  ${storyLine(one)}`).join('\n')}`);
  return blocks.join('\n\n');
}

function facts(device: Device): string {
  const os = device.osVersion === null ? 'not known yet' : `${device.osVersion} (${device.buildVersion ?? '-'})`;
  return fields([
    ['device', `${device.deviceId}${device.enrolled ? '' : ' (left)'}`],
    ['name', device.deviceName ?? '-'],
    ['model', `${device.platform} ${device.productName ?? ''}`],
    ['serial number', device.serialNumber ?? '-'],
    ['OS', os],
    ['supervised', device.supervised === null ? 'not known yet' : device.supervised ? 'yes' : 'no'],
    ['time zone', device.timeZone ?? 'not reported'],
    ['last answer', dateTime(device.lastAnswerAt)],
    ['last update', lastUpdateText(device.lastUpdate)],
  ]);
}

function lastUpdateText(last: Device['lastUpdate']): string {
  if (last === null) return 'none from here';
  return `${last.fromVersion ?? '?'} → ${last.toVersion} (${last.toBuild}), ${dateTime(last.installedAt)}`;
}

/** The steps of the update with their times. */
function statusText(status: NonNullable<Device['updateStatus']>): string {
  const why = status.reasonTitle === null ? '' : `: ${status.reasonTitle}`;
  const head = `Update to ${status.targetVersion} (${status.targetBuild}), ${wordOf(status.state)}${why}`;
  return `${head}\n${table(
    ['planned (UTC)', 'command sent', 'received', 'downloading', 'downloaded', 'installing', 'installed'],
    [
      [
        status.plannedAt,
        status.commandSentAt,
        status.commandReceivedAt,
        status.downloadingAt,
        status.downloadedAt,
        status.installingAt,
        status.installedAt,
      ].map(dateTime),
    ],
  )}`;
}

/** Why a command waits, in words. */
export function waiting({ requestType, state, notBefore, expiresAt, notNowCount }: Device['pending'][number]): string {
  const reasons: string[] = [];
  if (notNowCount > 0) reasons.push(`the device said NotNow (${notNowCount}×) and will come back`);
  else if (state === 'sent') reasons.push('handed over, the answer is due');
  else if (notBefore !== null) reasons.push(`not before ${dateTime(notBefore)}`);
  else reasons.push('queued');
  return `${requestType}: ${reasons.join(', ')}; expires ${dateTime(expiresAt)}`;
}

function storyLine({ at, kind, text, traceId, errorChain }: Device['timeline'][number]): string {
  const trace = traceId === undefined ? '' : `  [${traceId.slice(0, 8)}]`;
  const chain = errorChain === undefined || errorChain === null ? '' : `\n      ${JSON.stringify(errorChain)}`;
  return `${dateTime(at)}  ${kind.padEnd(11)}  ${text}${trace}${chain}`;
}
