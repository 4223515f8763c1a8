import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Says = { message: string; remedy?: string };

/** What a schema's author wrote stands; these are Zod's own words, for programmers. */
const ZODS_WORDS = /^(Invalid (input|option|ISO)|Too (small|big))/;

const SIZES: Record<string, string> = { array: ' entries', string: ' characters', set: ' entries' };
const TYPES: Record<string, string> = {
  array: 'a list is to stand here',
  object: 'named fields are to stand here',
  record: 'named fields are to stand here',
  string: 'a text is to stand here',
  number: 'a number is to stand here',
  int: 'a whole number is to stand here',
  boolean: 'true or false is to stand here',
};
const FORMATS: Record<string, Says> = {
  date: { message: 'there is no such day', remedy: 'write a date such as 2026-12-24' },
  datetime: { message: 'is no instant', remedy: 'write one such as 2026-12-24T02:00:00Z' },
};

/** What is wrong and what to do, for administrators. `value` is what stands there. */
export function wordsOf(issue: Issue, value: unknown): Says {
  if (issue.code === 'invalid_type' && value === undefined) return { message: 'is missing' };
  if (!ZODS_WORDS.test(issue.message)) return { message: issue.message };
  if (issue.code === 'invalid_type') return ofType(issue.expected, value);
  if (issue.code === 'invalid_value') return ofChoice(issue.values.map(String), value);
  if (issue.code === 'too_big') return { message: sized(['at most', 'less than'], issue.maximum, issue) };
  if (issue.code === 'too_small') return { message: sized(['at least', 'more than'], issue.minimum, issue) };
  return (issue.code === 'invalid_format' && FORMATS[issue.format]) || { message: issue.message };
}

/** Each letter is held against each: what somebody sends may have millions. */
const LONGEST_WORD = 64;

/** `platforms` for `platfroms`; undefined where nothing is near. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const far = Math.min(3, Math.ceil(word.length / 3));
  const told = [...words].map((one) => ({ one, steps: distance(word.toLowerCase(), one.toLowerCase()) }));
  const [best] = told.toSorted((one, other) => one.steps - other.steps);
  return best && best.steps <= far && best.one !== word ? best.one : undefined;
}

function ofType(expected: string, value: unknown): Says {
  const message = TYPES[expected] ?? `${expected} is to stand here`;
  if (expected === 'array' && ['string', 'number'].includes(typeof value))
    return { message, remedy: `write [${String(value)}]` };
  if (typeof value === 'string' && expected === 'boolean')
    return { message, remedy: 'write it without quotation marks' };
  if (typeof value === 'string' && ['number', 'int'].includes(expected))
    return { message, remedy: 'write it without quotation marks and unit' };
  return { message };
}

function ofChoice(choices: readonly string[], value: unknown): Says {
  const message = choices.length === 1 ? `is to be ${choices[0]}` : `is one of ${choices.join(', ')}`;
  if (value === undefined) return { message: `is missing: ${message}` };
  const near = typeof value === 'string' ? nearest(value, choices) : undefined;
  return near === undefined ? { message } : { message, remedy: `write ${near}` };
}

type Bounded = { readonly origin: string; readonly inclusive?: boolean };

function sized([including, excluding]: readonly [string, string], limit: number | bigint, of: Bounded): string {
  const unit = limit === 1 && of.origin === 'array' ? ' entry' : (SIZES[of.origin] ?? '');
  return `${of.inclusive === false ? excluding : including} ${limit}${unit}`;
}

/** How many letters one has to put in, leave out or change to come from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let on = 1; on <= to.length; on++)
      next.push(Math.min(next[on - 1]! + 1, row[on]! + 1, row[on - 1]! + (from[at - 1] === to[on - 1] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}
