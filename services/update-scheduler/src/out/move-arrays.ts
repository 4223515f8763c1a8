import { instantArray, uuidArray } from '@lamplighter/storage';
import type { Move } from '../ports/updates.ts';

/** A move's part that many have in common: most of a batch have been asked the same and answer the same. */
type Kind = readonly (string | number | null)[];

function kindOf({ update, events }: Move): Kind {
  const { state, reason, step, commandSeq, installSeq, productKey, progress, resends, stopsAt, version } = update;
  const { from, to, reason: why, detail } = events[0]!;
  const before = version - events.length;
  const row = [before, version, state, reason, step, commandSeq, installSeq, productKey, progress, resends] as const;
  return [...row, stopsAt.getTime(), from, to, why, detail];
}

const STOPS_AT = 10;

/** Moves as `applyMoves` takes them, from its third parameter on. */
export function moveArrays(moves: readonly Move[]): unknown[] {
  const kinds: Kind[] = [];
  const numbers = new Map<string, number>();
  const kindNumbers = moves.map((move) => {
    const kind = kindOf(move);
    const key = JSON.stringify(kind);
    const number = numbers.get(key) ?? kinds.push(kind);
    numbers.set(key, number);
    return number;
  });
  const column = (at: number) => kinds.map((kind) => kind[at]);
  const shared = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(column);
  return [
    moves.map(({ update }) => update.place),
    uuidArray(moves.map(({ update }) => update.rolloutId)),
    moves.map(({ update }) => update.deviceId),
    kindNumbers,
    uuidArray(moves.map(({ update }) => update.commandId)),
    instantArray(moves.map(({ update }) => update.commandedAt)),
    instantArray(moves.map(({ update }) => update.progressedAt)),
    moves.map(({ update }) => update.traceparent),
    instantArray(moves.map(({ events }) => events[0]!.at)),
    uuidArray(moves.map(({ events }) => events[0]!.commandId)),
    uuidArray(moves.map(({ events }) => events[0]!.reportId)),
    ...shared,
    instantArray(kinds.map((kind) => new Date(kind[STOPS_AT] as number))),
    ...[11, 12, 13, 14].map(column),
  ];
}
