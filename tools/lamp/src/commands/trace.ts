import type { Command } from 'commander';

import { demoDir } from '../api/connect.ts';
import { LampError } from '../errors.ts';
import { print } from '../output.ts';
import { stateDir } from '../paths.ts';
import { table } from '../table.ts';
import { readSpans, summarise } from '../traces/read.ts';
import type { Span } from '../traces/span.ts';
import { duration, waterfall } from '../traces/waterfall.ts';
import { documented, wholeNumber, withDir } from './common.ts';

const shortestPrefix = 4;

export function registerTrace(program: Command): void {
  const command = program
    .command('trace')
    .summary('draw one trace as a waterfall')
    .description(
      'Draws the spans of one trace: every hop of one device-update, over all services. Traces are kept here only while no\n' +
        'collector is configured (OTEL_EXPORTER_OTLP_ENDPOINT); the oldest are dropped after some 64 MB.',
    )
    .argument('<id>', 'trace id, or its first characters')
    .option('--json', 'one JSON array of spans')
    .action(trace);
  documented(withDir(command), ['lamp trace 4bf92f3577b34da6a3ce929d0e0e4736', 'lamp trace 4bf92f35 --json']);
}

export function registerTraces(program: Command): void {
  const command = program
    .command('traces')
    .summary('list recent traces')
    .description('Lists the traces that are kept here, latest first.')
    .option('-n, --lines <count>', 'how many', wholeNumber(1), 20)
    .option('--json', 'one JSON array')
    .action(traces);
  documented(withDir(command), ['lamp traces', 'lamp traces --lines 100 --json']);
}

/** Of `--dir` alone where it was given, else also of the last demo. */
function keptSpans(option: string | undefined, prefix?: string): Span[] {
  const dir = stateDir(option);
  const own = readSpans(dir, prefix);
  return option === undefined && process.env.LAMP_DIR === undefined
    ? [...own, ...readSpans(demoDir(dir), prefix)]
    : own;
}

function trace(id: string, options: { dir?: string; json?: boolean }): void {
  const prefix = id.toLowerCase();
  if (!/^[0-9a-f]{1,32}$/.test(prefix) || prefix.length < shortestPrefix)
    throw new LampError(`${id} is not a trace id.`, 'Give its 32 hexadecimal digits, or at least the first four.', 2);
  const spans = keptSpans(options.dir, prefix);
  const [first, ...others] = summarise(spans);
  if (first === undefined) throw new LampError(`No trace ${id} is kept here.`, 'lamp traces lists those that are.');
  if (others.length > 0)
    throw new LampError(`${others.length + 1} traces start with ${id}.`, 'Give more of its characters.');
  if (options.json === true) return print(JSON.stringify(spans));
  print(
    `trace ${first.traceId}: ${first.spans} spans, ${duration(first.durationMs)}, from ${new Date(first.startMs).toISOString()}`,
  );
  for (const line of waterfall(spans, process.stdout.columns ?? 120)) print(line);
  const links = [...new Set(spans.flatMap((span) => span.links))].filter((link) => link !== first.traceId);
  if (links.length > 0) print(`linked to ${links.join(', ')}`);
}

function traces(options: { dir?: string; json?: boolean; lines: number }): void {
  const list = summarise(keptSpans(options.dir)).slice(0, options.lines);
  if (options.json === true) return print(JSON.stringify(list));
  const rows = list.map(({ traceId, startMs, durationMs, spans, services, name, isError }) => [
    traceId,
    new Date(startMs).toISOString(),
    duration(durationMs),
    String(spans),
    `${isError ? '✗ ' : ''}${name}`,
    services.join(','),
  ]);
  print(table(['trace', 'from', 'took', 'spans', 'first span', 'services'], rows));
}
