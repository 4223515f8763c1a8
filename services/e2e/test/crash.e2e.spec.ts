import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@lamplighter/testing';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const DEVICES = 80;

/** In the order of the path, then what they stand on. */
const VICTIMS = [
  'update-scheduler',
  'command-queue',
  'apns-push',
  'device-gateway',
  'status-ingestion',
  'ddm',
  'admin-api',
  'nats',
  'database',
  'redis',
];

/**
 * Of the devices one part is at home from the beginning; with each kill the next one comes home. So some are at work when the next
 * is killed, however long it took until all was back.
 */
const PARTS = VICTIMS.length + 1;

let world: World;
let night: OpenPolicy;
/** How many devices were at work on their updates when it was killed. */
const killedAmid: Record<string, number> = {};
/** Before all were killed at once: a service may then find that what it needs is not there yet, and start once more. */
let restarts: Record<string, number>;

/** One rollout; while it is under way everything it stands on is killed, one after the other and then all at once. */
beforeAll(async () => {
  world = await startWorld({
    factor: 120,
    durability: 'durable',
    // By commands alone: what devices are told by declaration does not wait for anybody here.
    env: { LAMP_DDM_SUBSCRIPTIONS: 'off' },
    fleet: {
      devices: DEVICES,
      seed: 'crash',
      mix: {
        platforms: { macOS: 1, iOS: 1, iPadOS: 1, tvOS: 1 },
        behaviours: { notNow: 0.1, duplicateAnswers: 0.05, dropConnection: 0.1 },
        settings: { notNowRepollMs: [60_000, 120_000] },
      },
    },
  });
  await factsKnown(world);
  for (let part = 1; part < PARTS; part += 1) atHome(part, false);
  // Spread, so that waves are still to be released while the first devices install.
  night = await openPolicy(world, 720, { pace: { devicesPerMinute: 1, spread: 0.1 } });
  for (const [part, victim] of VICTIMS.entries()) {
    atHome(part, true);
    killedAmid[victim] = await underWay();
    await kill([victim]);
  }
  restarts = Object.fromEntries([...world.product.processes].map(([name, one]) => [name, one.restarts]));
  atHome(PARTS - 1, true);
  killedAmid['all'] = await underWay();
  await kill(VICTIMS);
  await rolloutWhen(
    world,
    night.rolloutId,
    'every device to be installed',
    ({ installed }) => installed === DEVICES,
    240_000,
  );
}, 600_000);
afterAll(() => world?.stop());

function atHome(part: number, isThere: boolean): void {
  for (const device of world.fleet.devices()) {
    if (device.index % PARTS === part) world.fleet.fleet.setOnline(device, isThere);
  }
}

/** Devices that were commanded and have not finished: never none when something is killed. */
async function underWay(): Promise<number> {
  const seen = (): number => {
    const { states } = world.fleet.summary();
    return (states['downloading'] ?? 0) + (states['downloaded'] ?? 0) + (states['installing'] ?? 0);
  };
  return waitFor('devices at work on their updates', seen, 120_000);
}

/** Resolves when all are ready again. */
async function kill(names: readonly string[]): Promise<void> {
  const victims = names.map((name) => world.product.processes.get(name)!);
  const before = victims.map((victim) => victim.restarts);
  for (const victim of victims) victim.kill('SIGKILL');
  await waitFor(
    `${names.join(', ')} to be back`,
    () => victims.every((victim, index) => victim.restarts > before[index]! && victim.isReady),
    120_000,
  );
}

describe('a rollout amid which every service and server is killed', () => {
  it('was under way each time, and nothing died that was not killed', () => {
    for (const found of Object.values(killedAmid)) expect(found).toBeGreaterThan(0);
    expect(restarts).toEqual(Object.fromEntries(VICTIMS.map((victim) => [victim, 1])));
  });

  it('loses nothing: every device is installed, by its own word and in the fleet view', async () => {
    expect(world.fleet.summary().totals).toMatchObject({ updated: DEVICES });
    const rollout = await world.api.rollout(night.rolloutId);
    expect(rollout.states).toEqual({ installed: DEVICES });
  });

  it('tells no device a step twice', () => {
    expect(world.fleet.summary().violations.twice).toEqual([]);
    for (const { model, scheduled } of world.fleet.devices()) {
      const steps = scheduled.flatMap(({ outcome }) => (outcome === 'notNow' ? [] : [outcome]));
      expect(steps).toEqual(model.platform === 'macOS' ? ['download'] : ['download', 'install']);
    }
  });

  it('hands nothing over after the stop time', () => {
    expect(world.fleet.summary({ stopAt: night.stopsAt }).violations.afterStop).toEqual([]);
  });

  it('drives no device away: what could not be served was a 503, which devices repeat', () => {
    const { sessions } = world.fleet.summary();
    expect(sessions).toMatchObject({ unauthorized: 0, unrecognized: 0, badReplies: 0 });
    expect(Object.keys(sessions.httpErrors).filter((status) => status !== '503')).toEqual([]);
  });

  it('publishes all that was staged: no outbox keeps a row', async () => {
    for (const schema of ['command_queue', 'apns_push', 'update_scheduler', 'status_ingestion']) {
      await waitFor(`the outbox of ${schema} to be empty`, async () => {
        const { rows } = await world.database.query<{ n: string }>(`SELECT count(*) AS n FROM ${schema}.outbox`);
        return Number(rows[0]!.n) === 0;
      });
    }
  });
});
