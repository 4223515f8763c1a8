import type { Policy, Rollout } from '@lamplighter/contracts';
import { setTimeout as sleep } from 'node:timers/promises';

import { createPolicy, listRollouts, showFleet, showRollout } from '../api/calls.ts';
import { LampError } from '../errors.ts';
import { terminal } from '../commands/rollout-watch.ts';
import { rolloutBlock, rolloutLine } from '../live/rollout-view.ts';
import { number } from '../words.ts';
import type { FleetRecord } from './fleet-process.ts';
import { type DemoPlan, openPolicy } from './plan.ts';
import type { Stage } from './stage.ts';
import type { Narrator } from './steps.ts';

/** Everyone who goes on waits in these steps, so that an interruption and a dead fleet end them. */
export class Pause {
  private readonly signal: AbortSignal;
  private dead: string | undefined;

  constructor(signal: AbortSignal, stage: Stage) {
    this.signal = signal;
    void stage.fleet.ended.then((last) => (this.dead = last));
  }

  /** Throws when the demo was interrupted, or its fleet has ended. */
  async of(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined);
    this.signal.throwIfAborted();
    if (this.dead !== undefined)
      throw new LampError(
        `The simulated fleet ended by itself: ${this.dead}`,
        'Read logs/fleet.log in the state directory.',
      );
  }
}

/** Every look counts the whole fleet, in the product and in the simulator: a large one is looked at less often. */
const lookMs = (devices: number, leastMs: number): number => Math.max(leastMs, devices / 5);

const enrollPatienceMs = 30_000;

/** Stragglers join the window while it is open. */
const enoughShare = 0.98;

/** Until every device has enrolled, and those that are not offline have reported what they are (or none came for a while). */
export async function awaitFleet(
  stage: Stage,
  plan: DemoPlan,
  pause: Pause,
  note: (text: string) => void,
): Promise<void> {
  let best = -1;
  for (let changedAt = Date.now(); ; await pause.of(lookMs(plan.devices, 250))) {
    const [{ enrolled, withFacts }, record] = await Promise.all([showFleet(stage.api), stage.fleet.record()]);
    note(`${number(enrolled)} of ${number(plan.devices)} enrolled, ${number(withFacts)} have reported what they are`);
    const away = record.behaviours['offline']?.devices ?? 0;
    if (enrolled >= plan.devices && withFacts >= (plan.devices - away) * enoughShare) return;
    if (enrolled + withFacts > best) {
      best = enrolled + withFacts;
      changedAt = Date.now();
    }
    const stalled = Date.now() - changedAt > enrollPatienceMs;
    if (stalled && enrolled < plan.devices)
      throw new LampError(
        `Only ${enrolled} of ${plan.devices} devices enrolled.`,
        'lamp logs device-gateway command-queue says more.',
      );
    if (stalled) return;
  }
}

export interface Performance {
  readonly policy: Policy;
  readonly rollout: Rollout;
  /** The one window that the policy has. */
  readonly window: Rollout['windows'][number];
}

/** Makes the policy whose window is open now, and follows it to its end: every device done and the stop time well past. */
export async function performRollout(
  stage: Stage,
  plan: DemoPlan,
  pause: Pause,
  narrator: Narrator,
): Promise<Performance> {
  const { now } = await showFleet(stage.api);
  const policy = await createPolicy(stage.api, openPolicy(plan, now));
  const rolloutId = await firstRollout(stage, policy, pause);
  const lineEveryMs = narrator.isLive ? 500 : 3_000;
  for (let shownAt = 0; ; await pause.of(lookMs(plan.devices, 500))) {
    const [rollout, record] = await Promise.all([showRollout(stage.api, rolloutId), stage.fleet.record()]);
    const [window] = rollout.windows;
    const isOver = window !== undefined && hasEnded(rollout, window.stopsAt, plan);
    if (Date.now() - shownAt >= lineEveryMs || isOver) {
      shownAt = Date.now();
      const block = [
        ...rolloutBlock(rollout, { ...terminal(process.stderr), note: `(${plan.factor} times as fast)` }),
        fleetLine(record),
      ];
      narrator.draw(narrator.isLive ? block : [rolloutLine(rollout)]);
    }
    if (isOver) {
      narrator.leave();
      return { policy, rollout, window };
    }
  }
}

async function firstRollout(stage: Stage, policy: Policy, pause: Pause): Promise<string> {
  for (const deadline = Date.now() + 30_000; ; await pause.of(100)) {
    const [rollout] = await listRollouts(stage.api, policy.policyId);
    if (rollout !== undefined) return rollout.rolloutId;
    if (Date.now() > deadline)
      throw new LampError(
        'The window of the policy did not open within 30 seconds.',
        'lamp logs update-scheduler says more.',
      );
  }
}

/** Minutes of the demo's clock after the stop time in which a late command would show. */
const watchedMinutes = 3;
/** After the last question to a device has expired. */
const spareMinutes = 15;

function hasEnded({ now, progress, devices }: Rollout, stopsAt: string, plan: DemoPlan): boolean {
  const pastStopMinutes = (Date.parse(now) - Date.parse(stopsAt)) / 60_000;
  if (pastStopMinutes > plan.confirmHours * 60 + spareMinutes) return true;
  return pastStopMinutes > watchedMinutes && devices > 0 && progress.settled >= devices;
}

function fleetLine({ apns, sessions, totals }: FleetRecord): string {
  const answers = Object.values(sessions.answers).reduce((sum, one) => sum + one, 0);
  return `fleet: ${number(Number(apns['pushes'] ?? 0))} pushes, ${number(answers)} commands answered (${number(sessions.answers['NotNow'] ?? 0)} NotNow), ${number(totals.updated)} devices updated by their own record`;
}
