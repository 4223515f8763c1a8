import { summarise } from './read.ts';
import type { Span } from './span.ts';
import { duration, waterfall } from './waterfall.ts';

const span = (spanId: string, startMs: number, endMs: number, more: Partial<Span> = {}): Span => ({
  traceId: 't',
  spanId,
  service: 'ddm',
  name: spanId,
  startMs,
  endMs,
  isError: false,
  attributes: {},
  links: [],
  ...more,
});

describe('a waterfall', () => {
  it('puts spans under their parents and their bars at their time', () => {
    const spans = [span('child', 50, 100, { parentSpanId: 'root' }), span('root', 0, 100)];
    expect(waterfall(spans, 50)).toEqual([
      ' +0 ms  ddm  root     100 ms  ████████████████████',
      '+50 ms  ddm    child   50 ms            ██████████',
    ]);
  });

  it('shows a span whose parent is missing at the top level', () => {
    expect(waterfall([span('orphan', 0, 1, { parentSpanId: 'elsewhere' })], 60)[0]).toContain('  orphan  ');
  });

  it('marks an error, and draws at least one cell for the shortest span', () => {
    const [, line] = waterfall(
      [span('long', 0, 3_600_000), span('short', 1_800_000, 1_800_001, { isError: true })],
      80,
    );
    expect(line).toMatch(/✗ short .* {2}█$/);
  });

  it('is empty without spans', () => {
    expect(waterfall([], 80)).toEqual([]);
  });

  it('does not loop on spans that name each other as parents', () => {
    const spans = [span('a', 0, 1, { parentSpanId: 'b' }), span('b', 0, 1, { parentSpanId: 'a' }), span('c', 0, 1)];
    expect(waterfall(spans, 80)).toHaveLength(3);
  });

  it('writes durations in the unit that fits', () => {
    const told = [0.42, 12.3, 3200, 308_000, 119_700].map(duration);
    expect(told).toEqual(['0.4 ms', '12 ms', '3.2 s', '5 min 8 s', '2 min 0 s']);
  });
});

describe('the list of traces', () => {
  it('has one entry for each trace, latest first', () => {
    const spans = [
      span('a', 0, 5),
      span('b', 3, 9, { service: 'admin-api' }),
      span('c', 7, 8, { traceId: 'u', isError: true }),
    ];
    expect(summarise(spans)).toMatchObject([
      { traceId: 'u', isError: true, spans: 1 },
      { traceId: 't', name: 'a', durationMs: 9, spans: 2, services: ['ddm', 'admin-api'], isError: false },
    ]);
  });
});
