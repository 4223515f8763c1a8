import { exchange } from './exchange/exchange.ts';
import { fanout } from './fanout/fanout.ts';
import type { BenchOptions, Report } from './options.ts';

export type { BenchOptions, Report } from './options.ts';
export { type BenchResult, jsonLine } from './result.ts';

export interface Benchmark {
  /** For `--help`. */
  readonly summary: string;
  /** Throws when it could not be run. */
  run(options: BenchOptions): Promise<Report>;
}

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  fanout: {
    summary: 'plan and fan-out until the command rows are committed, against a plain COPY of the same rows',
    run: fanout,
  },
  exchange: {
    summary: 'Idle → command → Acknowledged → empty over TLS, against one statement per step and request',
    run: exchange,
  },
};
