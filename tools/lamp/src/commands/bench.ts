import { type Benchmark, benchmarks, type BenchResult, jsonLine } from '@lamplighter/bench';
import type { Command } from 'commander';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { exitCode, LampError } from '../errors.ts';
import { print, say } from '../output.ts';
import { stateDir } from '../paths.ts';
import { table } from '../table.ts';
import { documented, interrupted, wholeNumber, withDir } from './common.ts';

interface Options {
  readonly dir?: string;
  readonly json?: boolean;
  readonly devices?: number;
  readonly runs: number;
  readonly seconds: number;
  readonly profile?: string;
}

export function registerBench(program: Command): void {
  const known = Object.entries(benchmarks).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  const command = program
    .command('bench')
    .summary('measure the hot paths beside a ceiling or a plain baseline')
    .description(
      'Runs each benchmark on private servers of its own, our side and its baseline in turn, and reports the medians.\n' +
        'A ratio above its goal is good; a lower one is no failure. Keep the machine quiet meanwhile.',
    )
    .argument('[names...]', 'which benchmarks; all of them when absent')
    .option('--json', 'one JSON object a line for each result')
    .option('--devices <n>', 'devices (or messages) to stage; each benchmark has a number of its own', wholeNumber(1))
    .option('--runs <n>', 'runs of each side', wholeNumber(1, 100), 3)
    .option('--seconds <n>', 'length of a run, of those that run for a time', wholeNumber(1, 3600), 8)
    .option('--profile <dir>', 'have Node write CPU profiles of the services there')
    .action(bench);
  command.addHelpText('after', `\nBenchmarks:\n${known.join('\n')}`);
  documented(withDir(command), ['lamp bench', 'lamp bench fanout --devices 1000000', 'lamp bench exchange --json']);
}

async function bench(names: string[], options: Options): Promise<void> {
  const chosen = chosenOf(names);
  // Benchmarks throw much away: they never touch servers that are somebody's.
  for (const name of ['LAMP_NATS_URL', 'LAMP_REDIS_URL', 'LAMP_DATABASE_URL']) delete process.env[name];
  const parentDir = join(stateDir(options.dir), 'bench');
  mkdirSync(parentDir, { recursive: true });
  const { devices, runs, seconds, profile: profileDir } = options;
  const signal = interrupted();
  try {
    for (const one of chosen) {
      const { results, notes } = await one.run({ devices, runs, seconds, parentDir, profileDir, signal, say });
      if (options.json === true) results.forEach((result) => print(jsonLine(result)));
      else print([asTable(results), ...notes, ''].join('\n'));
    }
  } catch (error) {
    if (signal.aborted) throw new LampError('Interrupted; what was started is stopped and its data is gone.');
    throw error;
  }
}

function chosenOf(names: readonly string[]): Benchmark[] {
  const unknown = names.filter((name) => benchmarks[name] === undefined);
  if (unknown.length > 0) {
    const there = Object.keys(benchmarks).join(', ');
    throw new LampError(`No benchmark is named ${unknown.join(', ')}.`, `There are: ${there}.`, exitCode.usage);
  }
  return names.length === 0 ? Object.values(benchmarks) : names.map((name) => benchmarks[name]!);
}

function asTable(results: readonly BenchResult[]): string {
  return table(
    ['benchmark', 'value', 'baseline', 'unit', 'ratio', 'goal', 'CPU s', 'runs'],
    results.map(({ name, value, baseline, unit, ratio, goal, cpuSeconds, runs }) => [
      name,
      ...[value, baseline].map((figure) => figure.toLocaleString('en-US')),
      unit,
      ...[ratio, goal, cpuSeconds, runs].map(String),
    ]),
  );
}
