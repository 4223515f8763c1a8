import type { Policy, PolicyInput, Rollout } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import type { World } from './world.ts';

export interface OpenPolicy {
  readonly policy: Policy;
  readonly rolloutId: string;
  /** Of its first window, epoch ms. */
  readonly opensAt: number;
  readonly stopsAt: number;
}

/** A policy for all platforms whose window is open from this minute on. */
export async function openPolicy(
  world: World,
  lengthMinutes: number,
  more: Partial<PolicyInput> = {},
): Promise<OpenPolicy> {
  await factsKnown(world);
  const start = new Date(world.clock.now()).toISOString().slice(11, 16);
  const policy = await world.api.createPolicy({
    name: 'nightly',
    windows: [{ start, lengthMinutes, stopBeforeMinutes: 0, zone: 'UTC' }],
    pace: { devicesPerMinute: 1_000, spread: 0.1 },
    pollMinutes: 10,
    ...more,
  });
  const window = await waitFor('the window to open', async () => {
    const [rollout] = await world.api.rolloutsOf(policy.policyId);
    return rollout && (await world.api.rollout(rollout.rolloutId));
  });
  const { opensAt, stopsAt } = window.windows[0]!;
  return { policy, rolloutId: window.rolloutId, opensAt: Date.parse(opensAt), stopsAt: Date.parse(stopsAt) };
}

/** Every device has answered its first DeviceInformation, but those that went away before. */
export async function factsKnown(world: World): Promise<void> {
  const away = [...world.fleet.devices()].filter((device) => device.behaviour === 'offline').length;
  const known = async (): Promise<boolean> => {
    const { enrolled, withFacts } = await world.api.fleet();
    return enrolled > 0 && withFacts >= enrolled - away;
  };
  await waitFor('facts of every device', known, 60_000);
}

/** The rollout, as soon as it fits. The error of a wait in vain shows the last one seen. */
export async function rolloutWhen(
  world: World,
  rolloutId: string,
  what: string,
  fits: (rollout: Rollout) => boolean,
  timeoutMs = 90_000,
): Promise<Rollout> {
  let last: Rollout | undefined;
  const look = async (): Promise<Rollout | undefined> => {
    last = await world.api.rollout(rolloutId).catch(() => undefined);
    return last !== undefined && fits(last) ? last : undefined;
  };
  try {
    return await waitFor(what, look, timeoutMs);
  } catch (error) {
    const seen = JSON.stringify({ states: last?.states, reasons: last?.reasons, now: last?.now });
    throw new Error(`${String(error)}; last seen: ${seen}`, { cause: error });
  }
}
