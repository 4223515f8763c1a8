/** What one benchmark measured. Rates, so higher is better; each figure is the median of its runs. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  /** Of `value` and `baseline`. */
  readonly unit: string;
  readonly baseline: number;
  /** `value` over `baseline`. */
  readonly ratio: number;
  /** The ratio that is aimed for. */
  readonly goal: number;
  /** CPU time that all server processes of our side took in one run. */
  readonly cpuSeconds: number;
  /** Runs of each side, interleaved. */
  readonly runs: number;
}

/** One run of one side. */
export interface Sample {
  /** In the benchmark's unit. */
  readonly rate: number;
  readonly cpuSeconds: number;
  /** What was done a second by the clock, of those that look at it beside. */
  readonly clockRate?: number;
}

/** The middle value; the mean of the two middle ones where their number is even. Throws a RangeError for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that `share` (0 to 1) of all values do not exceed; NaN for none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Throws a RangeError where a side has no run, or the sides differ in their number. */
export function resultOf(
  what: Pick<BenchResult, 'name' | 'unit' | 'goal'>,
  ours: readonly Sample[],
  baseline: readonly Sample[],
): BenchResult {
  if (ours.length !== baseline.length) throw new RangeError(`${ours.length} runs beside ${baseline.length}`);
  const value = median(ours.map((run) => run.rate));
  const against = median(baseline.map((run) => run.rate));
  return {
    name: what.name,
    value: rounded(value),
    unit: what.unit,
    baseline: rounded(against),
    ratio: rounded(value / against),
    goal: what.goal,
    cpuSeconds: rounded(median(ours.map((run) => run.cpuSeconds))),
    runs: ours.length,
  };
}

/** One line for scripts: exactly the keys of BenchResult, in their order. */
export function jsonLine(result: BenchResult): string {
  const { name, value, unit, baseline, ratio, goal, cpuSeconds, runs } = result;
  return JSON.stringify({ name, value, unit, baseline, ratio, goal, cpuSeconds, runs });
}

/** Four significant digits: more would pretend to a precision that no machine has. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}
