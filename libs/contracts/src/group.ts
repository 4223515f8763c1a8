import { z } from 'zod';
import { DeviceId } from './ids.ts';
import { Name, Platform } from './policy.ts';

/** What a fact is decides which operators fit it. */
export type FactKind = 'text' | 'version' | 'flag' | 'share' | 'instant';

/** The facts of a device that groups are made of, as `GET /v1/devices/{id}` names them. */
export const FACTS = {
  platform: 'text',
  osVersion: 'version',
  buildVersion: 'text',
  /** The extra version of a Background Security Improvement or Rapid Security Response, such as `(a)`, and its build. */
  supplementalExtra: 'text',
  supplementalBuild: 'text',
  productName: 'text',
  model: 'text',
  modelName: 'text',
  deviceName: 'text',
  serialNumber: 'text',
  deviceId: 'text',
  timeZone: 'text',
  softwareUpdateDeviceId: 'text',
  isSupervised: 'flag',
  isAppleSilicon: 'flag',
  /** 0 to 1. */
  batteryLevel: 'share',
  enrolledAt: 'instant',
  /** When it last answered a command. */
  lastSeenAt: 'instant',
  /** Of the newest DeviceInformation. */
  factsAt: 'instant',
} as const satisfies Record<string, FactKind>;
export const Fact = z.enum(Object.keys(FACTS) as [keyof typeof FACTS]);
export type Fact = z.infer<typeof Fact>;

const EQUALITY = ['equals', 'not', 'in', 'notIn'] as const;
const WILDCARD = ['like', 'notLike'] as const;
const ORDER = ['below', 'atMost', 'atLeast', 'above'] as const;
const AGE = ['olderThan', 'newerThan'] as const;
const PRESENCE = ['isKnown', 'isUnknown'] as const;

export const Operator = z.enum([...EQUALITY, ...WILDCARD, ...ORDER, ...AGE, ...PRESENCE]);
export type Operator = z.infer<typeof Operator>;

const FITTING: Record<FactKind, readonly Operator[]> = {
  text: [...EQUALITY, ...WILDCARD, ...PRESENCE],
  version: [...EQUALITY, ...WILDCARD, ...ORDER, ...PRESENCE],
  flag: ['equals', 'not', ...PRESENCE],
  share: [...ORDER, ...PRESENCE],
  instant: [...AGE, ...PRESENCE],
};

const Text = z
  .string()
  .min(1)
  .max(255)
  .refine(
    (text) => !text.includes('\0') && text.isWellFormed(),
    'holds a NUL character or half a character: no fact can',
  );

const shape = z
  .object({
    fact: Fact,
    operator: Operator,
    /** Of `in` and `notIn` a list; of `isKnown` and `isUnknown` none. */
    value: z.union([Text, z.number(), z.boolean(), z.array(Text).min(1).max(10_000)]).optional(),
  })
  .strict();

/**
 * One test of one fact.
 *
 * Texts: A to Z equal a to z, all else is compared as it is; in `like` a `*` is any characters, also none, a `?` is one. OS versions
 * are compared by number (15.7 is 15.7.0, 15.10 is above 15.9), except with `like` ("15.*"). Ages are `30m`, `12h`, `14d`: what is
 * exactly that old is older.
 * A fact that is not known matches `isUnknown` and nothing else: also not `not`, `notLike` and `notIn`.
 */
export const Condition = shape.superRefine((condition, context) => {
  const fault = faultOf(condition);
  if (fault) context.addIssue({ code: 'custom', path: [fault.field], message: fault.message, input: condition });
});
export type Condition = z.infer<typeof Condition>;

/** A device belongs when one of `any` holds in all its conditions, or when it is among `devices`; never when it is among `excludedDevices`. */
export const GroupSpec = z
  .object({
    name: Name,
    description: z.string().max(1_000).optional(),
    any: z
      .array(z.object({ all: z.array(Condition).min(1).max(50) }).strict())
      .max(50)
      .default([]),
    /** Members whatever their facts. Ids as they are, upper and lower case told apart. */
    devices: z.array(DeviceId).max(10_000).default([]),
    excludedDevices: z.array(DeviceId).max(10_000).default([]),
  })
  .strict();
export type GroupSpec = z.infer<typeof GroupSpec>;
export type GroupInput = z.input<typeof GroupSpec>;

interface Fault {
  field: 'operator' | 'value';
  message: string;
}

const VERSION = /^\d{1,4}(\.\d{1,3}){0,2}$/;
const AGE_TEXT = /^([1-9]\d{0,4})([mhd])$/;
const NOUN: Record<FactKind, string> = {
  text: 'a text',
  version: 'an OS version',
  flag: 'true or false',
  share: 'a number from 0 to 1',
  instant: 'an instant',
};

function faultOf({ fact, operator, value }: z.infer<typeof shape>): Fault | undefined {
  const kind = FACTS[fact];
  if (!FITTING[kind].includes(operator)) {
    const message = `"${operator}" does not fit ${fact}, which is ${NOUN[kind]}: use one of ${FITTING[kind].join(', ')}`;
    return { field: 'operator', message };
  }
  const wanted = wantedValue(fact, operator, value);
  return wanted === undefined ? undefined : { field: 'value', message: `${told(value)}: ${wanted}` };
}

/** What the value would have to be; undefined where it is right. */
function wantedValue(fact: Fact, operator: Operator, value: Value): string | undefined {
  if (operator === 'isKnown' || operator === 'isUnknown')
    return value === undefined ? undefined : `"${operator}" takes no value, leave it out`;
  if (operator === 'in' || operator === 'notIn') {
    if (!Array.isArray(value)) return `"${operator}" takes a list of values, such as ["a", "b"]`;
    return value.map((one) => wantedOne(fact, operator, one)).find((fault) => fault !== undefined);
  }
  return wantedOne(fact, operator, value);
}

type Value = z.infer<typeof shape>['value'];

const PLATFORMS: readonly string[] = [...Platform.options, 'watchOS', 'unknown'];
const isText = (value: Value): value is string => typeof value === 'string';
const isShare = (value: Value): boolean => typeof value === 'number' && value >= 0 && value <= 1;

/** Of each kind what a single value has to be, and how to say it. */
const VALUES: Record<FactKind, { right: (value: Value) => boolean; remedy: string }> = {
  text: { right: isText, remedy: 'give a text in quotation marks' },
  version: {
    right: (value) => isText(value) && VERSION.test(value),
    remedy: 'give an OS version such as "15.7.1" in quotation marks, or use "like"',
  },
  flag: { right: (value) => typeof value === 'boolean', remedy: 'give true or false, without quotation marks' },
  share: { right: isShare, remedy: 'give a number from 0 to 1, such as 0.2' },
  instant: {
    right: (value) => isText(value) && AGE_TEXT.test(value),
    remedy: 'give an age such as "30m", "12h" or "14d"',
  },
};

function wantedOne(fact: Fact, operator: Operator, value: Value): string | undefined {
  const { right, remedy } = VALUES[operator === 'like' || operator === 'notLike' ? 'text' : FACTS[fact]];
  if (!right(value)) return remedy;
  if (fact !== 'platform' || !EQUALITY.some((one) => one === operator) || PLATFORMS.includes(String(value)))
    return undefined;
  return `a platform is one of ${PLATFORMS.join(', ')}`;
}

function told(value: unknown): string {
  const text = value === undefined ? 'no value' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Of an age such as `14d`; NaN where it is none. */
export function ageMs(age: string): number {
  const [, count, unit] = AGE_TEXT.exec(age) ?? [];
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
