import type { Command } from 'commander';
import { readFileSync } from 'node:fs';

import { listPushCertificates, putPushCertificate, showFleet } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, dateTime, number } from '../words.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean; readonly force?: boolean };

export function registerPushCertificate(program: Command): void {
  const certificate = program
    .command('push-certificate')
    .summary('the certificate that wakes devices')
    .description('The MDM push certificate from Apple. It and its key are stored sealed, and never shown again.');
  const upload = certificate
    .command('upload')
    .summary('store a push certificate')
    .description('Stores the MDM push certificate of a topic, or its renewal.')
    .argument('<pem...>', 'PEM files that hold the certificate and its private key, together or one each')
    .option('--force', 'also where it ends before the present one')
    .option('--json', 'one JSON object: topic, notAfter')
    .action(uploadCommand);
  documented(withConnection(upload), [
    'lamp push-certificate upload push.pem',
    'lamp push-certificate upload push.pem push-key.pem',
  ]);
  const list = certificate
    .command('list')
    .summary('show topics and expiry')
    .description('Shows each topic, when its certificate ends, and whether APNs takes it.');
  list.option('--json', 'one JSON array').action(certificatesCommand);
  documented(withConnection(list), ['lamp push-certificate list']);
}

export function registerFleet(program: Command): void {
  const fleet = program
    .command('fleet')
    .summary('the fleet in numbers')
    .description('How many devices are enrolled, by platform, and how many have reported what they are.')
    .option('--json', 'one JSON object')
    .action(fleetCommand);
  documented(withConnection(fleet), ['lamp fleet', 'lamp fleet --json']);
}

async function uploadCommand(files: string[], options: Options): Promise<void> {
  const done = await putPushCertificate(connect(options), files.map(text).join('\n'), options.force);
  if (options.json === true) return print(JSON.stringify(done));
  print(`The push certificate of ${done.topic} is stored. It ends ${dateTime(done.notAfter)}.`);
}

async function certificatesCommand(options: Options): Promise<void> {
  const items = await listPushCertificates(connect(options));
  if (options.json === true) return print(JSON.stringify(items));
  if (items.length === 0)
    return print('There is no push certificate: devices cannot be woken. lamp push-certificate upload stores one.');
  print(
    table(
      ['topic', 'state', 'days left', 'ends (UTC)', 'uploaded'],
      items.map((one) => [
        one.topic,
        one.refused === undefined ? one.state : `${one.state} (${one.refused.reason})`,
        number(one.daysLeft),
        dateTime(one.notAfter),
        dateTime(one.uploadedAt),
      ]),
    ),
  );
}

async function fleetCommand(options: Options): Promise<void> {
  const fleet = await showFleet(connect(options));
  if (options.json === true) return print(JSON.stringify(fleet));
  print(
    `${count(fleet.enrolled, 'device')} enrolled, ${number(fleet.withFacts)} of them have reported what they are; clock ${dateTime(fleet.now)} UTC.`,
  );
  if (fleet.platforms.length > 0)
    print(
      table(
        ['platform', 'devices'],
        fleet.platforms.map((one) => [one.platform, number(one.devices)]),
      ),
    );
}

function text(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new LampError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path.',
      exitCode.usage,
    );
  }
}
