import { stripVTControlCharacters } from 'node:util';
import type { HandOvers, Rollout, UpdateState } from '@lamplighter/contracts';

import { clockTime, dateTime, number, wordOf } from '../words.ts';

/** From the end of the path to its beginning, then what left it: the order of the bar. */
const order: readonly UpdateState[] = [
  'installed',
  'installing',
  'downloaded',
  'downloading',
  'commanded',
  'available',
  'scanning',
  'planned',
  'waiting',
  'superseded',
  'not-eligible',
  'failed',
];

interface Look {
  readonly glyph: string;
  readonly colour: number;
}

/** Glyphs differ, so that the bar can be read without colours. */
const looks: Readonly<Record<UpdateState, Look>> = {
  installed: { glyph: '█', colour: 32 },
  installing: { glyph: '▓', colour: 36 },
  downloaded: { glyph: '▓', colour: 34 },
  downloading: { glyph: '▒', colour: 34 },
  commanded: { glyph: '▒', colour: 35 },
  available: { glyph: '░', colour: 35 },
  scanning: { glyph: '░', colour: 33 },
  planned: { glyph: '·', colour: 90 },
  waiting: { glyph: '-', colour: 90 },
  superseded: { glyph: '-', colour: 90 },
  'not-eligible': { glyph: '-', colour: 90 },
  failed: { glyph: '×', colour: 31 },
};

export interface ViewOptions {
  readonly width: number;
  readonly isColoured: boolean;
  /** Added to the clock. */
  readonly note?: string;
}

/** The live view of one rollout, a block of lines. */
export function rolloutBlock(rollout: Rollout, options: ViewOptions): string[] {
  const { states, devices } = rollout;
  const shown = order.filter((state) => (states[state] ?? 0) > 0);
  const counts = shown.map((state) => {
    const { glyph, colour } = looks[state];
    return `${paint(glyph, colour, options)} ${wordOf(state)} ${number(states[state] ?? 0)}`;
  });
  const note = options.note === undefined ? '' : ` ${options.note}`;
  return [
    `${rollout.policyName}: ${number(devices)} devices, ${rollout.state}   clock ${clockTime(rollout.now)}${note}`,
    windowPart(rollout),
    `${bar(rollout, options)} ${percent(states.installed ?? 0, devices)} installed`,
    ...wrapped(counts, options.width),
    pacePart(rollout),
  ];
}

/** The same in one line, for logs and pipes. */
export function rolloutLine(rollout: Rollout): string {
  const { states } = rollout;
  const counts = order.flatMap((state) => ((states[state] ?? 0) > 0 ? [`${wordOf(state)} ${states[state]}`] : []));
  return `${clockTime(rollout.now)}  ${percent(states.installed ?? 0, rollout.devices)}  ${counts.join(', ') || 'no device planned yet'}; ${pacePart(rollout)}`;
}

/** One cell of the bar at least for every state that has a device. */
export function bar({ states, devices }: Pick<Rollout, 'states' | 'devices'>, options: ViewOptions): string {
  const width = Math.max(10, Math.min(options.width - 18, 100));
  if (devices === 0) return `[${' '.repeat(width)}]`;
  const shown = order.flatMap((state) => ((states[state] ?? 0) > 0 ? [{ state, count: states[state] ?? 0 }] : []));
  const cells = shown.map(({ count }) => Math.max(1, Math.floor((count / devices) * width)));
  const most = cells.indexOf(Math.max(...cells));
  const rest = width - cells.reduce((sum, cell) => sum + cell, 0);
  cells[most] = Math.max(1, (cells[most] ?? 0) + rest);
  return `[${shown.map(({ state }, index) => paint(looks[state].glyph.repeat(cells[index] ?? 0), looks[state].colour, options)).join('')}]`;
}

function windowPart({ windows, now }: Rollout): string {
  const open = windows.filter(({ closesAt }) => closesAt > now);
  const last = (open.length > 0 ? open : windows).toSorted((a, b) => a.stopsAt.localeCompare(b.stopsAt)).at(-1);
  if (last === undefined) return 'no window has opened yet';
  const zones = open.length > 1 ? ` (${open.length} zones, the last)` : '';
  const stop =
    last.stopsAt > now ? `sending stops ${clockTime(last.stopsAt)}` : `sending stopped ${clockTime(last.stopsAt)}`;
  return `window to ${clockTime(last.closesAt)}${zones}, ${stop}`;
}

function pacePart({ progress }: Rollout): string {
  const { perMinute, predictedFinishAt, released, commanded, settled } = progress;
  const rate = perMinute === null ? '' : `, ${perMinute.toFixed(perMinute < 10 ? 1 : 0)} done a minute`;
  const finish = predictedFinishAt === null ? '' : `, predicted finish ${clockTime(predictedFinishAt)}`;
  return `${number(released)} released, ${number(commanded)} commanded, ${number(settled)} done${rate}${finish}`;
}

/** The last hand-over of ScheduleOSUpdate, and loudly what must not be. */
export function handOverLine({ lastAt, afterStop }: HandOvers): string {
  const late = afterStop === 0 ? 'none after the stop time' : `${number(afterStop)} HANDED OVER AFTER THE STOP TIME`;
  return `${dateTime(lastAt)}; ${late}`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.floor((part / whole) * 100)} %`;
}

function paint(text: string, colour: number, { isColoured }: ViewOptions): string {
  return isColoured ? `\x1b[${colour}m${text}\x1b[0m` : text;
}

function wrapped(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let length = Infinity;
  for (const part of parts) {
    const visible = stripVTControlCharacters(part).length + 3;
    if (length + visible > width) {
      lines.push('');
      length = 0;
    }
    lines[lines.length - 1] += `${length === 0 ? '' : '   '}${part}`;
    length += visible;
  }
  return lines;
}
