import type { Random } from './random.ts';

const LONGEST = 65_536;
const MOST_STEPS = 6;
const ODD_BYTES = [0x00, 0x01, 0x22, 0x26, 0x3c, 0x3e, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xfe, 0xff];
const ODD_LENGTHS = [2, 16, 255, 256, 4_096];

type Change = (input: Buffer, random: Random, others: readonly Buffer[], words: readonly Buffer[]) => Buffer;

const changes: readonly Change[] = [
  // Some bytes are others, are gone, or come again
  (input, random) => put(input, random.below(input.length), Buffer.of(random.below(256)), 1),
  (input, random) => put(input, random.below(input.length), Buffer.of(random.of(ODD_BYTES)), 1),
  (input, random) => {
    const at = random.below(input.length);
    return put(input, at, Buffer.of((input[at] ?? 0) ^ (1 << random.below(8))), 1);
  },
  (input, random) => put(input, random.below(input.length), Buffer.alloc(0), 1 + random.below(32)),
  (input, random) => {
    const from = random.below(input.length);
    const part = input.subarray(from, from + 1 + random.below(64));
    return put(input, random.below(input.length), repeated(part, random.of([1, 1, 2, ...ODD_LENGTHS])), 0);
  },
  (input, random) => input.subarray(0, random.below(input.length)),
  // Words that mean something to this format
  (input, random, _, words) => put(input, random.below(input.length), random.of(words), random.of([0, 0, 1, 8])),
  (input, random, _, words) => exchange(input, random.of(words), random.of(words)),
  (input, random, _, words) =>
    put(input, random.below(input.length), repeated(random.of(words), random.of(ODD_LENGTHS)), 0),
  // Half of it from another input
  (input, random, others) => {
    const other = random.of(others);
    return Buffer.concat([input.subarray(0, random.below(input.length)), other.subarray(random.below(other.length))]);
  },
];

/** What inputs are made from. */
export interface Material {
  readonly corpus: readonly Buffer[];
  readonly words: readonly Buffer[];
  /** Patterns of pieces of which each may stand for any other of its kind; absent where no text pattern finds any. */
  readonly pieces?: readonly RegExp[] | undefined;
}

/** An input that differs from the given one in one to six places; at most 64 KiB. */
export function mutate(input: Buffer, random: Random, { corpus, words, pieces }: Material): Buffer {
  let changed = input;
  // Half of them stay well-formed: what lies behind the parser wants its share too.
  if (pieces !== undefined && random.below(2) === 0) {
    for (let steps = 1 + random.below(MOST_STEPS); steps > 0; steps -= 1) {
      changed = otherPiece(changed, random, random.of(corpus), random.of(pieces));
    }
    return changed.subarray(0, LONGEST);
  }
  for (let steps = 1 + random.below(MOST_STEPS); steps > 0; steps -= 1) {
    changed = random.of(changes)(changed, random, corpus, words).subarray(0, LONGEST);
  }
  return changed;
}

/** A piece becomes another of its kind, from this input or another. */
function otherPiece(input: Buffer, random: Random, other: Buffer, kind: RegExp): Buffer {
  const text = input.toString('latin1');
  const own = [...text.matchAll(kind)];
  const foreign = [...other.toString('latin1').matchAll(kind)];
  if (own.length === 0) return input;
  const { 0: piece, index } = random.of(own);
  const [instead] = random.of([...own, ...foreign]);
  return Buffer.from(text.slice(0, index) + instead + text.slice(index + piece.length), 'latin1');
}

function put(input: Buffer, at: number, bytes: Buffer, instead: number): Buffer {
  return Buffer.concat([input.subarray(0, at), bytes, input.subarray(at + instead)]);
}

function repeated(part: Buffer, times: number): Buffer {
  return Buffer.alloc(Math.min(LONGEST, part.length * times), part.length === 0 ? 0 : part);
}

/** The first occurrence of one word becomes another. */
function exchange(input: Buffer, word: Buffer, other: Buffer): Buffer {
  const at = input.indexOf(word);
  return at < 0 ? input : put(input, at, other, word.length);
}
