import type { BenchResult } from './result.ts';

/** How to run benchmarks. */
export interface BenchOptions {
  /** Devices to stage; each benchmark has its own number where absent. */
  readonly devices?: number;
  /** Runs of each side. */
  readonly runs: number;
  /** Length of a run of those that run for a time. */
  readonly seconds: number;
  /** Below which each benchmark makes a directory for its servers. */
  readonly parentDir: string;
  /** Where CPU profiles of the services go; none are taken where absent. */
  readonly profileDir?: string;
  readonly signal: AbortSignal;
  /** Progress, for a person. */
  say(line: string): void;
}

/** What a benchmark gives: its results, and further figures for people, one a line. */
export interface Report {
  readonly results: readonly BenchResult[];
  readonly notes: readonly string[];
}
