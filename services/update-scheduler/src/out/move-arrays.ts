import { instantArray, uuidArray } from '@lamplighter/storage';
import type { Move } from '../ports/updates.ts';

/** A move's part that many have in common: most of a batch have been asked the same and answer the same. */
type Kind = ReturnType<typeof kindOf>;

function kindOf({ update, events }: Move) {
  const { from, to, reason, detail } = events[0]!;
  return [
    update.rolloutId,
    update.version - events.length,
    update.version,
    update.state,
    update.reason,
    update.step,
    update.commandSeq,
    update.installSeq,
    update.productKey,
    update.progress,
    update.resends,
    update.stopsAt.getTime(),
    from,
    to,
    reason,
    detail,
  ] as const;
}

/** So many kinds are compared one by one, which is quicker than to make a key of each move's. */
const FEW = 8;

/** Each kind once, and of each move the number of its kind, from 1. */
function kindsOf(moves: readonly Move[]): { kinds: Kind[]; numbers: number[] } {
  const kinds: Kind[] = [];
  const known = new Map<string, number>();
  const numbers = moves.map((move) => {
    const kind = kindOf(move);
    for (let n = 0; n < kinds.length && n < FEW; n++) if (isSame(kind, kinds[n]!)) return n + 1;
    const key = JSON.stringify(kind);
    const number = known.get(key) ?? kinds.push(kind);
    known.set(key, number);
    return number;
  });
  return { kinds, numbers };
}

function isSame(a: Kind, b: Kind): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Moves as `applyMoves` takes them, from its third parameter on. */
export function moveArrays(moves: readonly Move[]): unknown[] {
  const { kinds, numbers } = kindsOf(moves);
  const column = (at: number) => kinds.map((kind) => kind[at]);
  return [
    moves.map(({ update }) => update.place),
    moves.map(({ update }) => update.deviceId),
    numbers,
    uuidArray(moves.map(({ update }) => update.commandId)),
    instantArray(moves.map(({ update }) => update.commandedAt)),
    instantArray(moves.map(({ update }) => update.progressedAt)),
    moves.map(({ update }) => update.traceparent),
    instantArray(moves.map(({ events }) => events[0]!.at)),
    uuidArray(moves.map(({ events }) => events[0]!.commandId)),
    uuidArray(moves.map(({ events }) => events[0]!.reportId)),
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(column),
    instantArray(kinds.map((kind) => new Date(kind[11]))),
    ...[12, 13, 14, 15].map(column),
  ];
}
