import type { Span } from './span.ts';

/** `0.4 ms`, `12 ms`, `3.2 s`, `5 min 8 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * One line for each span, in order of time with children under their parents: offset, service, name, duration, and a bar
 * on the trace's own scale. Empty for no spans. `columns` is the width of the terminal.
 */
export function waterfall(spans: readonly Span[], columns: number): string[] {
  if (spans.length === 0) return [];
  const rows = inTreeOrder(spans);
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const totalMs = Math.max(...spans.map((span) => span.endMs)) - startMs;
  const labels = rows.map(({ span, depth }) => [
    `+${duration(span.startMs - startMs)}`,
    span.service,
    `${'  '.repeat(depth)}${span.isError ? '✗ ' : ''}${span.name}`,
    duration(span.endMs - span.startMs),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...labels.map((label) => label[column]?.length ?? 0)));
  const barWidth = Math.max(10, columns - widths.reduce((sum, width) => sum + width + 2, 0));
  return rows.map(({ span }, index) => {
    const [offset = '', service = '', name = '', length = ''] = labels[index] ?? [];
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = widths;
    const label = [offset.padStart(w0), service.padEnd(w1), name.padEnd(w2), length.padStart(w3)].join('  ');
    return `${label}  ${bar(span.startMs - startMs, span.endMs - startMs, totalMs, barWidth)}`.trimEnd();
  });
}

/** At least one cell, at the place of the span in the whole. */
function bar(fromMs: number, toMs: number, totalMs: number, width: number): string {
  const scale = totalMs === 0 ? 0 : width / totalMs;
  const from = Math.min(width - 1, Math.floor(fromMs * scale));
  const cells = Math.max(1, Math.min(width - from, Math.round((toMs - fromMs) * scale)));
  return `${' '.repeat(from)}${'█'.repeat(cells)}`;
}

interface Row {
  readonly span: Span;
  readonly depth: number;
}

/** A span whose parent is not here (sampled out, or still running) stands at the top level. */
function inTreeOrder(spans: readonly Span[]): Row[] {
  const known = new Set(spans.map((span) => span.spanId));
  const sorted = [...spans].sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const children = Map.groupBy(sorted, ({ parentSpanId }) => (known.has(parentSpanId ?? '') ? parentSpanId : ''));
  const rows = new Map<Span, Row>();
  const place = (span: Span, depth: number): void => {
    if (rows.has(span)) return;
    rows.set(span, { span, depth });
    for (const child of children.get(span.spanId) ?? []) place(child, depth + 1);
  };
  for (const span of children.get('') ?? []) place(span, 0);
  // What is left names each other as parents.
  for (const span of sorted) place(span, 0);
  return [...rows.values()];
}
