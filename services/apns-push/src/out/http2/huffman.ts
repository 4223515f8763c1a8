import { ErrorCode, Http2Error } from './protocol.ts';

/**
 * How many bits the code of each byte and, last, of the end mark has (RFC 7541, appendix B), in base 36. The codes follow
 * from these: by length, then by byte, each is the next number.
 */
const LENGTHS =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq' +
  'u';
const END_MARK = 256;

/** What four bits lead to. Codes have five bits or more, so at most one ends on the way. */
interface Step {
  /** The node of the code tree. */
  readonly next: number;
  /** The byte whose code ended; -1 for none. */
  readonly byte: number;
}

/** An inner node: what the bits 0 and 1 lead to, another node or, below 0, the symbol `-1 - n`. */
type Node = [number, number];

function codeTree(): Node[] {
  const nodes: Node[] = [[0, 0]];
  const symbols = Array.from(LENGTHS, (length, symbol) => ({ symbol, bits: Number.parseInt(length, 36) }));
  symbols.sort((a, b) => a.bits - b.bits || a.symbol - b.symbol);
  let code = 0;
  let length = 0;
  for (const { symbol, bits } of symbols) {
    code *= 2 ** (bits - length);
    length = bits;
    let node = nodes[0]!;
    for (let place = bits - 1; place > 0; place -= 1) {
      const bit = (code >>> place) & 1;
      node[bit] ||= nodes.push([0, 0]) - 1;
      node = nodes[node[bit]!]!;
    }
    node[code & 1] = -1 - symbol;
    code += 1;
  }
  return nodes;
}

/** Undefined where the end mark comes: it must not (5.2). */
function stepOf(tree: readonly Node[], from: number, nibble: number): Step | undefined {
  let next = from;
  let byte = -1;
  for (let place = 3; place >= 0; place -= 1) {
    next = tree[next]![(nibble >>> place) & 1]!;
    if (next >= 0) continue;
    byte = -1 - next;
    if (byte === END_MARK) return undefined;
    next = 0;
  }
  return { next, byte };
}

const FAILS = -1;
/** For each node and four bits: the next node × 512, and the byte + 1 whose code ended; FAILS for the end mark. */
const steps = new Int32Array(256 * 16);
/** Nodes that fewer than eight bits of 1 lead to from the root: a string may end there (5.2). */
const ends = new Set<number>();

const tree = codeTree();
for (let node = 0; node < tree.length; node += 1) {
  for (let nibble = 0; nibble < 16; nibble += 1) {
    const step = stepOf(tree, node, nibble);
    steps[node * 16 + nibble] = step === undefined ? FAILS : step.next * 512 + step.byte + 1;
  }
}
for (let node = 0, bits = 0; bits < 8; bits += 1) {
  ends.add(node);
  node = tree[node]![1];
}

let scratch = Buffer.allocUnsafe(1_024);

/** The text, in latin1, of what lies from `start` up to `end`. Throws Http2Error for what no encoder writes. */
export function decodeHuffman(bytes: Buffer, start: number, end: number): string {
  // The shortest codes have five bits.
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most);
  let length = 0;
  let node = 0;
  for (let at = start; at < end; at += 1) {
    const high = steps[node * 16 + (bytes[at]! >>> 4)]!;
    if (high === FAILS) throw badCode();
    if ((high & 511) > 0) scratch[length++] = (high & 511) - 1;
    const low = steps[(high >> 9) * 16 + (bytes[at]! & 15)]!;
    if (low === FAILS) throw badCode();
    if ((low & 511) > 0) scratch[length++] = (low & 511) - 1;
    node = low >> 9;
  }
  if (!ends.has(node)) throw badCode();
  return scratch.toString('latin1', 0, length);
}

const badCode = (): Http2Error => new Http2Error(ErrorCode.compressionError, 'a header is not in its Huffman code');
