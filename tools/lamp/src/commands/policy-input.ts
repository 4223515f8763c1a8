import { Platform, parseSpec, type PolicyInput, type TargetInput, Weekday } from '@lamplighter/contracts';
import { InvalidArgumentError } from 'commander';

import { exitCode, LampError } from '../errors.ts';
import { faultLine } from '../files/documents.ts';
import { readSpecFile } from '../files/spec-file.ts';

/** The flags of `lamp policy create`. */
export interface PolicyFlags {
  readonly name?: string;
  readonly file?: string;
  readonly platform?: string[];
  readonly target?: string;
  readonly days?: string[];
  readonly start?: string;
  readonly length?: number;
  readonly stopBefore?: number;
  readonly zone?: string;
  readonly defaultZone?: string;
  readonly action?: string;
  readonly devicesPerMinute?: number;
  readonly pollMinutes?: number;
}

/** The policy that a file holds (YAML or JSON), with what flags say over it. Throws LampError that names every wrong field. */
export function policyInput(flags: PolicyFlags): PolicyInput {
  const base = flags.file === undefined ? {} : readSpecFile(flags.file, 'Policy');
  const window = given({
    days: flags.days,
    start: flags.start,
    lengthMinutes: flags.length,
    stopBeforeMinutes: flags.stopBefore,
    zone: flags.zone,
    defaultZone: flags.defaultZone,
  });
  const top = given({
    name: flags.name,
    platforms: flags.platform,
    target: flags.target === undefined ? undefined : targetOf(flags.target),
    installAction: flags.action,
    pollMinutes: flags.pollMinutes,
  });
  const pace =
    flags.devicesPerMinute === undefined
      ? {}
      : { pace: { ...objectIn(base, 'pace'), devicesPerMinute: flags.devicesPerMinute } };
  const windows = Object.keys(window).length === 0 ? {} : { windows: withFirst(base['windows'], window) };
  const whole = { ...base, ...top, ...pace, ...windows };
  if (!('name' in whole)) throw new LampError('The policy has no name.', 'Give it with --name.', exitCode.usage);
  const { faults } = parseSpec('Policy', whole);
  if (faults)
    throw new LampError(
      `The policy is not valid:\n${faults.map((fault) => faultLine('  ', fault)).join('\n')}`,
      'lamp policy create --help tells what each takes.',
      exitCode.usage,
    );
  return whole as unknown as PolicyInput;
}

/** `newest`, `newest-minor`, `newest:26.6` (at most), or a version with an optional build: `15.7.1`, `15.7.1:24G231`. */
export function targetOf(text: string): TargetInput {
  const [first = '', second] = text.split(':');
  if (first === 'newest') return second === undefined ? { kind: 'newest' } : { kind: 'newest', maximumVersion: second };
  if (text === 'newest-minor') return { kind: 'newest-minor' };
  return { kind: 'exact', version: first, ...(second === undefined ? {} : { build: second }) };
}

/** Commander: a comma separated list of some words, also given several times. */
export function listOf(words: readonly string[]): (text: string, before?: string[]) => string[] {
  return (text, before = []) => {
    const items = text.split(',').map((item) => item.trim());
    const chosen = items.map((item) => words.find((word) => word.toLowerCase() === item.toLowerCase()) ?? item);
    const wrong = chosen.find((item) => !words.includes(item));
    if (wrong !== undefined) throw new InvalidArgumentError(`${wrong} is none of ${words.join(', ')}.`);
    return [...before, ...chosen];
  };
}

export const platformList = listOf(Platform.options);
export const dayList = listOf(Weekday.options);

/** The flags speak of one window: the first. */
function withFirst(windows: unknown, flags: object): unknown[] {
  const [first, ...rest] = Array.isArray(windows) ? (windows as unknown[]) : [];
  return [typeof first === 'object' && first !== null ? { ...first, ...flags } : flags, ...rest];
}

function objectIn(base: Record<string, unknown>, key: string): object {
  const value = base[key];
  return typeof value === 'object' && value !== null ? value : {};
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
