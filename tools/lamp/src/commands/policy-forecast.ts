import type { PolicyForecast } from '@lamplighter/contracts';
import type { Command } from 'commander';

import { findPolicy } from '../api/calls.ts';
import { connect, type ConnectOptions, withConnection } from '../api/connect.ts';
import { forecastPolicy } from '../api/why-calls.ts';
import { print } from '../output.ts';
import { table } from '../table.ts';
import { count, dateTime, number, wordOf } from '../words.ts';
import { documented } from './common.ts';

type Options = ConnectOptions & { readonly json?: boolean };

/** `lamp policy forecast`. */
export function registerForecast(policy: Command): void {
  const forecast = policy
    .command('forecast')
    .summary('say what its next windows will do, and whether they are long enough')
    .description(
      'Counts the devices that the next opening in each time zone would send to, at which rate, and when the last of\n' +
        'them has its first command. Warns where they do not fit.',
    )
    .argument('<policy>', 'id or name')
    .option('--json', 'one JSON object')
    .action(async (wanted: string, options: Options) => {
      const api = connect(options);
      const told = await forecastPolicy(api, (await findPolicy(api, wanted)).policyId);
      print(options.json === true ? JSON.stringify(told) : describeForecast(told));
    });
  documented(withConnection(forecast), ['lamp policy forecast nightly', 'lamp policy forecast nightly --json']);
}

/** For a person. */
export function describeForecast(told: PolicyForecast): string {
  const { policyName, devices, windows, skipped, heldBy, sentBy, warnings } = told;
  const end = sentBy === null ? '' : `, the last of them at ${dateTime(sentBy)} UTC`;
  const blocks = [`${policyName}: ${count(devices, 'device')} would be sent an update${end}.`];
  if (heldBy !== null) blocks.push(`Nothing is sent for now: ${wordOf(heldBy)}.`);
  if (warnings.length > 0) blocks.push(warnings.map((warning) => `Warning: ${warning}.`).join('\n'));
  if (windows.length > 0)
    blocks.push(
      table(
        ['opens (UTC)', 'zone', 'stops (UTC)', 'devices', 'a minute', 'sent by (UTC)', ''],
        windows.map((one) => [
          one.isOpen ? 'is open' : dateTime(one.opensAt),
          one.zone,
          dateTime(one.stopsAt),
          number(one.devices),
          number(one.perMinute),
          one.fits ? dateTime(one.sentBy) : '-',
          one.fits ? '' : `${number(one.leftOver)} left over`,
        ]),
      ),
    );
  if (skipped.length > 0)
    blocks.push(
      table(
        ['left out', 'devices'],
        skipped.map((one) => [wordOf(one.reason), number(one.devices)]),
      ),
    );
  return blocks.join('\n\n');
}
