import type { Target } from '@lamplighter/fuzz';
import type { Command } from 'commander';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { exitCode, LampError } from '../errors.ts';
import { print, say } from '../output.ts';
import { stateDir } from '../paths.ts';
import { documented, interrupted, wholeNumber, withDir } from './common.ts';

interface Options {
  readonly dir?: string;
  readonly json?: boolean;
  readonly list?: boolean;
  readonly minutes: number;
  readonly seed?: number;
}

/** Short turns: a run that is stopped early has seen every target. */
const TURN = 5_000;

export function registerFuzz(program: Command): void {
  const command = program
    .command('fuzz')
    .summary('feed broken and hostile input to all that reads the words of devices')
    .description(
      'Feeds changed inputs to each target in turn until the time is over. Ends with exit code 1 at the first input that\n' +
        'does harm; that input is kept in a file below the state directory, and its seed repeats the run.',
    )
    .argument('[targets...]', 'which targets; all of them when absent')
    .option('--minutes <n>', 'how long', wholeNumber(1, 10_080), 10)
    .option('--seed <n>', 'begin with this seed instead of a new one', wholeNumber(0, 2 ** 32 - 1))
    .option('--list', 'say which targets there are')
    .option('--json', 'one JSON object at the end')
    .action(fuzz);
  documented(withDir(command), ['lamp fuzz', 'lamp fuzz plist signature --minutes 60', 'lamp fuzz --seed 42']);
}

async function fuzz(names: string[], options: Options): Promise<void> {
  // What it brings along would slow down every other command.
  const { Finding, run, targets } = await import('@lamplighter/fuzz');
  if (options.list === true) {
    return print(targets.map(({ name, summary }) => `${name.padEnd(15)}${summary}`).join('\n'));
  }
  const chosen = chosenOf(targets, names);
  const turnOf = (target: Target, from: number, until: number) => {
    try {
      return run(target, { seed: from, inputs: TURN, until });
    } catch (error) {
      throw error instanceof Finding ? kept(target, from, error, options) : error;
    }
  };
  const signal = interrupted();
  const end = performance.now() + options.minutes * 60_000;
  const totals = new Map(chosen.map(({ name }) => [name, { inputs: 0, accepted: 0, refused: 0, slowestMs: 0 }]));
  let seed = options.seed ?? Date.now() % 2 ** 32;
  say(`seed ${seed}; ${options.minutes} minutes`);
  while (performance.now() < end && !signal.aborted) {
    for (const target of chosen) {
      const turn = turnOf(target, seed, end);
      const total = totals.get(target.name)!;
      total.inputs += turn.inputs;
      total.accepted += turn.accepted;
      total.refused += turn.refused;
      total.slowestMs = Math.max(total.slowestMs, turn.slowestMs);
    }
    seed = (seed + 1) % 2 ** 32;
    // Lets Ctrl-C through.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (options.json === true) return print(JSON.stringify(Object.fromEntries(totals)));
  for (const [name, { inputs, accepted, slowestMs }] of totals) {
    const figures = `${inputs.toLocaleString('en')} inputs, ${accepted.toLocaleString('en')} accepted`;
    print(`${name.padEnd(15)}${figures}, slowest ${slowestMs.toFixed(0)} ms`);
  }
}

function kept(target: Target, seed: number, finding: { message: string; input: Buffer }, { dir }: Options): LampError {
  const folder = join(stateDir(dir), 'fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${target.name}-${seed}`);
  writeFileSync(file, finding.input);
  const repeat = `\`lamp fuzz ${target.name} --seed ${seed}\` repeats it`;
  return new LampError(finding.message, `The input is in ${file}; ${repeat}.`);
}

function chosenOf(targets: readonly Target[], names: readonly string[]): readonly Target[] {
  const unknown = names.filter((name) => !targets.some((target) => target.name === name));
  if (unknown.length > 0) {
    const there = targets.map(({ name }) => name).join(', ');
    throw new LampError(`No target is named ${unknown.join(', ')}.`, `There are: ${there}.`, exitCode.usage);
  }
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name));
}
