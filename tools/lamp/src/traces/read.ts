import { existsSync, readFileSync } from 'node:fs';

import { spanFile } from './receiver.ts';
import { Span } from './span.ts';

/** Every kept span whose trace id starts with `prefix`, oldest first; empty when there is none. */
export function readSpans(dir: string, prefix = ''): Span[] {
  const file = spanFile(dir);
  const spans: Span[] = [];
  for (const path of [`${file}.1`, file].filter((candidate) => existsSync(candidate))) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (!line.startsWith(`{"traceId":"${prefix}`)) continue;
      const span = parse(line);
      if (span !== undefined) spans.push(span);
    }
  }
  return spans.sort((a, b) => a.startMs - b.startMs);
}

/** Undefined for a line that was cut short by a crash. */
function parse(line: string): Span | undefined {
  try {
    return Span.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

export interface TraceSummary {
  readonly traceId: string;
  /** Name of its first span. */
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly spans: number;
  readonly services: readonly string[];
  readonly isError: boolean;
}

/** One entry for each trace, latest start first. */
export function summarise(spans: readonly Span[]): TraceSummary[] {
  const byTrace = Map.groupBy(spans, (span) => span.traceId);
  return [...byTrace].map(([traceId, own]) => summary(traceId, own)).sort((a, b) => b.startMs - a.startMs);
}

function summary(traceId: string, spans: readonly Span[]): TraceSummary {
  const startMs = spans.reduce((least, span) => Math.min(least, span.startMs), Infinity);
  const endMs = spans.reduce((most, span) => Math.max(most, span.endMs), 0);
  const first = spans.find((span) => span.startMs === startMs);
  return {
    traceId,
    name: first?.name ?? '',
    startMs,
    durationMs: endMs - startMs,
    spans: spans.length,
    services: [...new Set(spans.map((span) => span.service))],
    isError: spans.some((span) => span.isError),
  };
}
