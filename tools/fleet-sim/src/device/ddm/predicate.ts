import { compareOsVersions, isOsVersion } from '@lamplighter/apple';

/** A predicate that is outside of the small part of Apple's language that simulated devices speak. */
export class PredicateError extends Error {}

/** What `@status(name)` and `@property(name)` stand for; undefined where there is no such value. */
export interface Values {
  status(name: string): unknown;
  property(name: string): unknown;
}

type Test = (values: Values) => boolean;
type Operand = (values: Values) => unknown;

const TOKEN =
  /\s*(?:(@(?:status|property)\([^()]*\))|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)*)|(==|!=|<>|<=|>=|=>|=<|<|>|=|&&|\|\||!|[(){},])|([A-Za-z]+))(?:\[[cd]+\])?/y;
const MAX_LENGTH = 1024;

function tokensOf(text: string): string[] {
  if (text.length > MAX_LENGTH) throw new PredicateError('the predicate is too long');
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new PredicateError(`cannot read the predicate from position ${at}`);
    tokens.push(match.slice(1).find((part) => part !== undefined)!);
  }
  return tokens;
}

/**
 * Understands TRUEPREDICATE and FALSEPREDICATE; AND, OR, NOT and parentheses; and comparisons (=, !=, <, <=, >, >=, BEGINSWITH,
 * ENDSWITH, CONTAINS, IN) of `@status(…)`, `@property(…)`, texts, numbers, YES, NO, NULL and `{…}` lists. OS versions compare as
 * such. Throws PredicateError for anything else.
 */
export function parsePredicate(text: string): Test {
  const tokens = tokensOf(text);
  let position = 0;
  const peek = (): string => tokens[position]?.toUpperCase() ?? '';
  const take = (): string => {
    const token = tokens[position++];
    if (token === undefined) throw new PredicateError('the predicate ends too early');
    return token;
  };
  const takeAny = (...words: readonly string[]): boolean => words.includes(peek()) && take() !== '';
  const expect = (word: string): void => {
    if (!takeAny(word)) throw new PredicateError(`expected ${word} at word ${position + 1}`);
  };

  const either = (): Test => {
    const tests = [both()];
    while (takeAny('OR', '||')) tests.push(both());
    return (values) => tests.some((test) => test(values));
  };
  const both = (): Test => {
    const tests = [one()];
    while (takeAny('AND', '&&')) tests.push(one());
    return (values) => tests.every((test) => test(values));
  };
  const one = (): Test => {
    if (takeAny('NOT', '!')) {
      const test = one();
      return (values) => !test(values);
    }
    if (takeAny('(')) {
      const test = either();
      expect(')');
      return test;
    }
    if (takeAny('TRUEPREDICATE')) return () => true;
    if (takeAny('FALSEPREDICATE')) return () => false;
    const [left, compare, right] = [operand(), COMPARISONS[take().toUpperCase()], operand()];
    if (!compare) throw new PredicateError(`unknown comparison at word ${position}`);
    return (values) => compare(left(values), right(values));
  };
  const operand = (): Operand => {
    const token = take();
    if (token === '{') return list();
    return operandOf(token);
  };
  const list = (): Operand => {
    const members: Operand[] = [];
    while (!takeAny('}')) {
      if (members.length > 0) expect(',');
      members.push(operand());
    }
    return (values) => members.map((member) => member(values));
  };

  const test = either();
  if (position < tokens.length) throw new PredicateError(`unexpected word ${position + 1}`);
  return test;
}

const WORDS: Readonly<Record<string, unknown>> = {
  YES: true,
  TRUE: true,
  NO: false,
  FALSE: false,
  NULL: null,
  NIL: null,
};

function operandOf(token: string): Operand {
  const name = /^@(status|property)\((.*)\)$/.exec(token);
  if (name) {
    const [, kind, path] = name as unknown as [string, keyof Values, string];
    return (values) => values[kind](path.trim()) ?? null;
  }
  if (/^["']/.test(token)) {
    const text = token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    return () => text;
  }
  if (/^-?\d/.test(token)) {
    const number = isOsVersion(token) && token.split('.').length > 2 ? token : Number(token);
    return () => number;
  }
  const word = token.toUpperCase();
  if (!Object.hasOwn(WORDS, word)) throw new PredicateError(`unknown word ${token.slice(0, 40)}`);
  return () => WORDS[word];
}

/** Negative, 0 or positive; NaN where the two cannot be compared. */
function order(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left === null || right === null) return left === right ? 0 : Number.NaN;
  if (typeof left === 'boolean' || typeof right === 'boolean') return left === right ? 0 : Number.NaN;
  return orderOfTexts(String(left), String(right));
}

function orderOfTexts(a: string, b: string): number {
  if (isOsVersion(a) && isOsVersion(b)) return compareOsVersions(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

type Comparison = (left: unknown, right: unknown) => boolean;
const texts =
  (test: (left: string, right: string) => boolean): Comparison =>
  (left, right) =>
    typeof left === 'string' && test(left, String(right));
const equal: Comparison = (left, right) => order(left, right) === 0;
const atLeast: Comparison = (left, right) => order(left, right) >= 0;
const atMost: Comparison = (left, right) => order(left, right) <= 0;
const unequal: Comparison = (left, right) => !equal(left, right);

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': equal,
  '==': equal,
  '!=': unequal,
  '<>': unequal,
  '<': (left, right) => order(left, right) < 0,
  '>': (left, right) => order(left, right) > 0,
  '<=': atMost,
  '=<': atMost,
  '>=': atLeast,
  '=>': atLeast,
  BEGINSWITH: texts((left, right) => left.startsWith(right)),
  ENDSWITH: texts((left, right) => left.endsWith(right)),
  CONTAINS: (left, right) =>
    Array.isArray(left) ? left.some((one) => equal(one, right)) : texts((a, b) => a.includes(b))(left, right),
  IN: (left, right) => Array.isArray(right) && right.some((one) => equal(left, one)),
};
