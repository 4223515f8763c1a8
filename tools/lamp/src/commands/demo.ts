import type { Command } from 'commander';
import { availableParallelism, loadavg } from 'node:os';

import { listDevices, rolloutDevices, showHandOvers } from '../api/calls.ts';
import { demoDir } from '../api/connect.ts';
import { costsOf, type Snapshot, snapshot } from '../demo/costs.ts';
import { awaitFleet, Pause, type Performance, performRollout } from '../demo/act.ts';
import { type DemoPlan, planDemo, withTimeToWork } from '../demo/plan.ts';
import { type DemoReport, describeReport } from '../demo/report.ts';
import { setStage, type Stage } from '../demo/stage.ts';
import { narrate, type Narrator } from '../demo/steps.ts';
import { pickTrace, type TracePick } from '../demo/trace-pick.ts';
import { checksOf, notCommanded } from '../demo/verdict.ts';
import { exitCode } from '../errors.ts';
import { print, say } from '../output.ts';
import { stateDir } from '../paths.ts';
import { readSpans } from '../traces/read.ts';
import { count } from '../words.ts';
import { documented, interrupted, until, wholeNumber, withDir } from './common.ts';

interface Options {
  readonly dir?: string;
  readonly devices: number;
  readonly seed: string;
  readonly speed?: number;
  readonly window?: number;
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly keep?: boolean;
  readonly measure?: boolean;
}

/** After Ctrl-C. */
const interruptedCode = 130;

export function registerDemo(program: Command): void {
  const demo = program
    .command('demo')
    .summary('watch a simulated fleet being updated')
    .description(
      'Starts everything on private servers with an empty state: broker, Redis, database, the seven services, and a fleet of\n' +
        'simulated devices that speak the real protocols (LAMP_NATS_URL and the like are not used here). Then makes a policy\n' +
        'whose window is open now, on a clock that runs faster than the real one, follows it, and judges it by what the\n' +
        'simulated devices recorded. Exit code 0 only if every reachable device that should have been commanded was, none\n' +
        'after the stop time, none twice, and none got HTTP 401.',
    )
    .option('-n, --devices <count>', 'how many devices', wholeNumber(1, 1_000_000), 1000)
    .option('--seed <text>', 'the same seed gives the same devices', 'lamplighter')
    .option(
      '--speed <factor>',
      'how many times faster the clock runs (default: 100, less above 1,000 devices)',
      wholeNumber(1, 600),
    )
    .option(
      '--window <minutes>',
      'how long the window is on that clock (default: 120, and up to three times that on a machine that is busy)',
      wholeNumber(45, 720),
    )
    .option('--headless', 'plain lines, nothing drawn over')
    .option('--keep', 'leave everything running until Ctrl-C, to look further')
    .option('--measure', 'also what it cost: CPU time, memory, write-ahead log and disk, for each device')
    .option('--json', 'the summary as one JSON object on standard output')
    .action(demoCommand);
  documented(withDir(demo), [
    'lamp demo',
    'lamp demo --devices 200 --keep',
    'lamp demo --devices 60 --headless --json',
    'lamp demo --devices 50000 --speed 4 --window 120 --headless --measure',
  ]);
}

async function demoCommand(options: Options): Promise<void> {
  const startedAt = Date.now();
  const signal = interrupted();
  const plan = planDemo(options);
  const narrator = narrate(options.headless === true);
  const dir = demoDir(stateDir(options.dir));
  say(
    `A fleet of ${count(plan.devices, 'simulated device')}, brought to the newest OS in a window of ${plan.windowMinutes} minutes; the clock runs ${plan.factor} times as fast.`,
  );
  try {
    const stage = await setStage(dir, plan, narrator, signal);
    const closing = onlyOnce(() => stage.stop());
    // At once, whatever is being waited for.
    signal.addEventListener('abort', () => void closing());
    try {
      const performance = await perform(stage, plan, narrator, signal, options.measure === true);
      if (options.keep !== true) await narrator.step('stop', 'Everything stopped', closing);
      else await untilSpansAreKept();
      const report = {
        ...performance,
        trace: tracesOf(performance, dir),
        tookMs: { ...performance.tookMs, total: Date.now() - startedAt },
      };
      print(
        options.json === true
          ? JSON.stringify(withoutCandidates(report))
          : describeReport(report, options.keep === true),
      );
      if (!report.ok) process.exitCode = exitCode.failed;
      if (options.keep === true) {
        say('Ctrl-C ends it.');
        await until(signal);
      }
    } finally {
      await closing();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    say('Interrupted; everything is stopped.');
    process.exitCode = interruptedCode;
  }
}

type Candidates = Parameters<typeof pickTrace>[1];
type Performed = DemoReport & { readonly installed: Candidates };

async function perform(
  stage: Stage,
  wanted: DemoPlan,
  narrator: Narrator,
  signal: AbortSignal,
  isMeasured: boolean,
): Promise<Performed> {
  const snapshots: Snapshot[] = [];
  const note = async (): Promise<void> => void (isMeasured && snapshots.push(await snapshot(stage)));
  await note();
  const pause = new Pause(signal, stage);
  await narrator.step('enroll', 'Devices enrolled', (told) => awaitFleet(stage, wanted, pause, told));
  await note();
  const load = (loadavg()[0] ?? 0) / availableParallelism();
  const plan = withTimeToWork(wanted, { enrollMs: narrator.took['enroll'] ?? 0, load });
  if (plan.windowMinutes > wanted.windowMinutes)
    narrator.tell(
      `This machine is busy: the window is ${plan.windowMinutes} minutes long, instead of ${wanted.windowMinutes}.`,
    );
  const from = Date.now();
  const performance = await performRollout(stage, plan, pause, narrator);
  await note();
  const costs = isMeasured ? { costs: await costsOf(stage, snapshots) } : {};
  return { ...(await report(stage, plan, performance, { ...narrator.took, rollout: Date.now() - from })), ...costs };
}

async function report(
  stage: Stage,
  plan: DemoPlan,
  { policy, rollout, window }: Performance,
  tookMs: DemoReport['tookMs'],
): Promise<Performed> {
  const [fleet, commanded, known, updates, handOvers] = await Promise.all([
    stage.fleet.record({ from: Date.parse(window.opensAt), stopAt: Date.parse(window.stopsAt) }),
    stage.fleet.commanded(),
    collected(listDevices(stage.api)),
    collected(rolloutDevices(stage.api, rollout.rolloutId)),
    showHandOvers(stage.api, rollout.rolloutId),
  ]);
  const checks = checksOf(fleet, handOvers);
  return {
    ok: checks.every(({ ok }) => ok),
    checks,
    devices: plan.devices,
    seed: plan.seed,
    factor: plan.factor,
    tookMs,
    policyId: policy.policyId,
    rolloutId: rollout.rolloutId,
    window,
    states: rollout.states,
    reasons: rollout.reasons,
    platforms: rollout.platforms,
    notCommanded: notCommanded({ known, updates, commanded }),
    fleet,
    restarts: stage.product.state().processes.reduce((sum, { restarts }) => sum + restarts, 0),
    trace: null,
    dir: stage.dir,
    installed: updates.filter(({ state }) => state === 'installed'),
  };
}

function tracesOf({ installed }: Performed, dir: string): TracePick | null {
  return pickTrace(readSpans(dir), installed) ?? null;
}

function withoutCandidates({ installed: _, ...report }: Performed): DemoReport {
  return report;
}

/** Services hand over their spans every second. */
function untilSpansAreKept(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2_000));
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
