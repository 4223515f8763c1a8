import { summarise } from '../traces/read.ts';
import type { Span } from '../traces/span.ts';

export interface TracePick {
  readonly traceId: string;
  readonly deviceId: string;
  readonly spans: number;
  readonly services: readonly string[];
}

interface Candidate {
  readonly deviceId: string;
  readonly traceId: string | null;
}

/** One installed device's trace that passes through the most services, of the usual length; undefined when none is kept. */
export function pickTrace(spans: readonly Span[], installed: readonly Candidate[]): TracePick | undefined {
  const deviceOf = new Map(
    installed.flatMap(({ traceId, deviceId }) => (traceId === null ? [] : [[traceId, deviceId] as const])),
  );
  const whole = new Set(spans.flatMap((span) => (span.attributes['lamp.to'] === 'installed' ? [span.traceId] : [])));
  const traces = summarise(spans).filter(
    ({ traceId, isError }) => deviceOf.has(traceId) && whole.has(traceId) && !isError,
  );
  const most = Math.max(0, ...traces.map(({ services }) => services.length));
  const longest = traces.filter(({ services }) => services.length === most).sort((a, b) => a.spans - b.spans);
  const pick = longest[Math.floor(longest.length / 2)];
  if (pick === undefined) return undefined;
  const { traceId, spans: count, services } = pick;
  return { traceId, deviceId: deviceOf.get(traceId) ?? '', spans: count, services };
}
