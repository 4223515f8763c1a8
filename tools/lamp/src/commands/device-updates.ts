import type { DeviceRelease, DeviceReleases } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { deviceReleases } from '../api/catalog-calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { ofDevice } from '../api/why-calls.ts';
import { print } from '../output.ts';
import { fields, table } from '../table.ts';
import { dateTime } from '../words.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };

export function registerDeviceUpdates(device: Command): void {
  const updates = device
    .command('updates')
    .summary('which releases there are for one device')
    .description("What the catalogue lists for the device's model, beside what the device itself listed.")
    .argument('<device>', 'device id (UDID or EnrollmentID), or serial number')
    .option('--json', 'one JSON object')
    .action(updatesCommand);
  documented(withConnection(updates), ['lamp device updates 00008030-001A2B3C4D5E6F70']);
}

async function updatesCommand(wanted: string, options: Options): Promise<void> {
  const api = connect(options);
  const found = await ofDevice(api, wanted, (deviceId) => deviceReleases(api, deviceId));
  print(options.json === true ? JSON.stringify(found) : describeReleases(found));
}

/** The releases for one device, for a person. */
export function describeReleases(device: DeviceReleases): string {
  const head = fields([
    ['device', `${device.deviceId} (${device.platform} ${device.model ?? 'of a model not known yet'})`],
    ['OS', device.osVersion === null ? 'not known yet' : `${device.osVersion} (${device.buildVersion ?? '-'})`],
    ['its own list', device.reportedAt === null ? 'never reported' : `reported ${dateTime(device.reportedAt)} UTC`],
  ]);
  if (device.items.length === 0) return `${head}\n\nNo release is known for it that it does not run.`;
  const rows = device.items.map((one) => [
    [one.version ?? '-', one.versionExtra].filter(Boolean).join(' '),
    one.build ?? '-',
    one.listedBy,
    one.productKey ?? '-',
    one.postedAt ?? '-',
    remarks(one),
  ]);
  return `${head}\n\n${table(['version', 'build', 'listed by', 'product key', 'posted', ''], rows)}`;
}

function remarks(one: DeviceRelease): string {
  const said = [
    one.deferredUntil === null ? '' : `deferred until ${dateTime(one.deferredUntil)}`,
    one.isMajor ? 'major' : '',
    one.isSecurityResponse ? 'security response' : '',
    one.isConfigData ? 'to be installed first: makes the full installer appear' : '',
    one.listedBy !== 'device' && !one.enforceable ? 'not enforceable by declaration' : '',
    one.newer === false ? 'not newer than what it runs' : '',
    one.downloadBytes === null ? '' : `${(one.downloadBytes / 1e9).toFixed(2)} GB`,
  ];
  return said.filter(Boolean).join(', ');
}
