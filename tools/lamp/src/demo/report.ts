import { number, seconds, wordOf } from '../words.ts';
import { fields, table } from '../table.ts';
import { type Costs, describeCosts } from './costs.ts';
import type { Check, NotCommanded } from './verdict.ts';
import type { FleetRecord } from './fleet-process.ts';
import type { TracePick } from './trace-pick.ts';
import type { Rollout } from '@lamplighter/contracts';

/** What a demo ends with; `lamp demo --json` prints it. */
export interface DemoReport {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly devices: number;
  readonly seed: string;
  readonly factor: number;
  /** Real milliseconds: build, start, enroll, rollout, total. */
  readonly tookMs: Readonly<Record<string, number>>;
  readonly policyId: string;
  readonly rolloutId: string;
  readonly window: Rollout['windows'][number];
  readonly states: Rollout['states'];
  readonly reasons: Rollout['reasons'];
  readonly platforms: Rollout['platforms'];
  readonly notCommanded: readonly NotCommanded[];
  /** The devices' own record. */
  readonly fleet: FleetRecord;
  /** Restarts of services and servers. */
  readonly restarts: number;
  readonly trace: TracePick | null;
  readonly dir: string;
  /** With `--measure` only. */
  readonly costs?: Costs;
}

const shownFailures = 10;

export function describeReport(report: DemoReport, isKept: boolean): string {
  const { states, reasons, platforms, notCommanded } = report;
  return [
    '',
    table(
      ['state', 'devices'],
      Object.entries(states)
        .sort((a, b) => b[1] - a[1])
        .map(([state, devices]) => [wordOf(state), number(devices)]),
    ),
    ...(reasons.length === 0
      ? []
      : [
          table(
            ['why', 'state', 'devices'],
            reasons.map((one) => [wordOf(one.reason), wordOf(one.state), number(one.devices)]),
          ),
        ]),
    table(
      ['platform', 'devices', 'installed'],
      platforms.map((one) => [one.platform, number(one.devices), number(one.installed)]),
    ),
    ...(notCommanded.length === 0
      ? []
      : [
          table(
            ['not commanded, because', 'devices', 'for example'],
            notCommanded.map((one) => [one.why, number(one.devices), one.examples[0] ?? '']),
          ),
        ]),
    traffic(report),
    report.checks.map(checkLine).join('\n'),
    ...(report.costs === undefined ? [] : [describeCosts(report.costs, report.devices)]),
    further(report, isKept),
    verdict(report),
  ].join('\n\n');
}

function traffic({ fleet, tookMs, restarts }: DemoReport): string {
  const { sessions, apns, scheduled } = fleet;
  const answers = Object.entries(sessions.answers).map(([status, times]) => `${number(times)} ${status}`);
  const schedules = Object.entries(scheduled).map(([outcome, times]) => `${number(times)} ${outcome}`);
  const refused = Object.entries(sessions.httpErrors).map(([status, times]) => `${number(times)} × HTTP ${status}`);
  const of = (key: string): string => number(Number(apns[key] ?? 0));
  return fields([
    ['pushes', `${of('pushes')} sent, ${of('delivered')} delivered, ${of('stored')} kept for devices that were away`],
    [
      'requests',
      `${number(sessions.requests)} in ${number(sessions.sessions)} connections${refused.length === 0 ? '' : `; refused: ${refused.join(', ')}`}`,
    ],
    ['answers', answers.join(', ')],
    ['ScheduleOSUpdate', schedules.join(', ')],
    ['by declaration', `${number(fleet.enforced)} devices`],
    [
      'mishaps',
      `${number(sessions.dropped)} connections dropped, ${number(sessions.retries)} answers repeated from the cache, ${number(sessions.duplicates)} sent twice, ${number(restarts)} restarts of services`,
    ],
    [
      'time',
      Object.entries(tookMs)
        .map(([step, ms]) => `${step} ${seconds(ms)}`)
        .join(', '),
    ],
  ]);
}

function checkLine({ name, ok, devices }: Check): string {
  const more = devices.length > shownFailures ? ` and ${devices.length - shownFailures} more` : '';
  return `${ok ? '✓' : '✗'} ${name}${devices.length === 0 ? '' : `: ${devices.slice(0, shownFailures).join(', ')}${more}`}`;
}

function further({ trace, dir, platforms }: DemoReport, isKept: boolean): string {
  const lines: string[] = [];
  if (trace !== null)
    lines.push(
      `One trace worth a look: ${trace.spans} spans over ${trace.services.length} services, from the wave to the device's new version.`,
      `  ./lamp trace ${trace.traceId}`,
    );
  if (isKept) {
    lines.push(`Everything still runs. Look further, in another terminal:`, `  ./lamp rollout show tonight`);
    if (trace !== null) lines.push(`  ./lamp device show ${trace.deviceId}`);
    if (platforms.length > 0) lines.push(`  ./lamp rollout devices tonight --state failed`);
  } else {
    lines.push(`Logs of all parts are in ${dir}/logs. With --keep everything goes on running, to look further.`);
  }
  return lines.join('\n');
}

function verdict(report: DemoReport): string {
  const { ok, devices, states, tookMs } = report;
  const installed = number(states.installed ?? 0);
  return ok
    ? `Done: ${installed} of ${number(devices)} devices run the newest version, in ${seconds(tookMs['total'] ?? 0)}; every rule held.`
    : failure(report);
}

/** Devices that were not reached in time, and nothing else, tell of a machine that did not keep up, not of a fault. */
export function failure({
  checks,
  factor,
  fleet,
  dir,
}: Pick<DemoReport, 'checks' | 'factor' | 'fleet' | 'dir'>): string {
  const late = fleet.violations.missed.length;
  const isLateAlone =
    late > 0 && checks.filter(({ ok }) => !ok).every(({ devices }) => devices === fleet.violations.missed);
  if (!isLateAlone) return `FAILED: a rule was broken (✗ above). Logs are in ${dir}/logs.`;
  const told = 1 - late / Math.max(late, fleet.totals.targeted);
  const slower = Math.max(1, Math.min(Math.floor(factor * told * 0.9), Math.ceil(factor) - 1));
  return (
    `DID NOT KEEP UP: ${number(late)} of ${number(fleet.totals.targeted)} devices were not told before the window's stop; nothing else is wrong. ` +
    (factor > 1
      ? `--speed ${slower} gives the real work more time in the same window; so does a longer --window.`
      : 'A longer --window gives the real work more time.')
  );
}
