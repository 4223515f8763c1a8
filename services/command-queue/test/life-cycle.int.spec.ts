import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database, Tx } from '@lamplighter/runtime';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import fc from 'fast-check';
import { dueTermsOf } from '../src/config.ts';
import { decideDue } from '../src/domain/due.ts';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import type { CommandStore } from '../src/ports/commands.ts';
import type { EnrollmentStore } from '../src/ports/enrollments.ts';
import { FakeCommandStore } from './fake-command-store.ts';
import { FakeEnrollmentStore } from './fake-enrollment-store.ts';
import { FakeQueue } from './fake-queue.ts';
import { connect, enrollment, FakeDatabase, minutes, settings, terms } from './fixtures.ts';

const devices = ['a', 'b', 'c'];
const names = ['One', 'Two', 'Three', 'Four', 'Five', 'Six'];
/** Three commands of a slot in which one at a time may be in hand, and two of a slot that a purpose makes. */
const slotted: Readonly<Record<string, { requestType: string; purpose?: string }>> = {
  Two: { requestType: 'InstallProfile', purpose: 'wifi' },
  Three: { requestType: 'InstallProfile', purpose: 'wifi' },
  Four: { requestType: 'ScheduleOSUpdate' },
  Five: { requestType: 'ScheduleOSUpdate', purpose: 'other' },
  Six: { requestType: 'ScheduleOSUpdate' },
};
const grace = dueTermsOf(settings).answerGraceMs;
const device = fc.constantFrom(...devices);
const name = fc.constantFrom(...names);
const status = fc.constantFrom(null, null, 'Acknowledged' as const, 'Error' as const, 'NotNow' as const);

const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      name,
      devices: fc.uniqueArray(device, { minLength: 1 }),
      priority: fc.integer({ min: 0, max: 2 }),
      lifetime: fc.integer({ min: 1, max: 60 }),
      start: fc.option(fc.integer({ min: 1, max: 20 })),
      retries: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('connect' as const), device, status, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('due' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('void' as const), device }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), device, name: fc.option(name) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface World {
  db: Database;
  commands: CommandStore;
  enrollments: EnrollmentStore;
}

/** What an outsider sees of one operation. */
async function apply({ db, commands }: World, step: Operation, minute: number): Promise<unknown> {
  const now = minutes(minute);
  return db.transaction(async (tx) => {
    if (step.kind === 'connect')
      return commands.exchange(
        tx,
        [connect(step.device, step.status, step.status === null ? undefined : step.name)],
        now,
        grace,
      );
    if (step.kind === 'void') return (await commands.voidQueues(tx, 'default', [step.device], now)).length;
    if (step.kind === 'revoke') return commands.revoke(tx, { tenant: 'default', cause: 'rollout-1' }, null, 100, now);
    if (step.kind === 'cancel') {
      const commandId = step.name === null ? {} : { commandId: connect(step.device, null, step.name).commandId! };
      const { ended, inHand } = await commands.cancel(
        tx,
        { tenant: 'default', deviceIds: [step.device], ...commandId },
        now,
      );
      return [ended.map((one) => one.commandId).toSorted(), inHand.map((one) => one.commandId).toSorted()];
    }
    if (step.kind === 'enqueue') return enqueue(commands, tx, step, minute);
    const due = await commands.takeDue(tx, now, 100);
    const settled = due.map((command) => ({ command, decision: decideDue(command, now, dueTermsOf(settings)) }));
    await commands.settleDue(tx, settled, now);
    return settled
      .map(({ command, decision }) => `${command.deviceId} ${command.requestType} ${JSON.stringify(decision)}`)
      .toSorted();
  });
}

async function enqueue(
  commands: CommandStore,
  tx: Tx,
  step: Extract<Operation, { kind: 'enqueue' }>,
  minute: number,
): Promise<unknown> {
  const now = minutes(minute);
  const notBefore = step.start === null ? {} : { notBefore: minutes(minute + step.start) };
  const { priority, retries } = step;
  const options = { priority, retries, expiresAt: minutes(minute + step.lifetime), at: now, ...notBefore };
  const group = terms(step.name, step.devices, { ...options, ...slotted[step.name] });
  const [added] = await commands.enqueue(tx, [group], now);
  const { tenant, slot } = group;
  if (slot === null) return added;
  const winners = added!.map(({ deviceId, commandId }) => ({ tenant, deviceId, commandId, slot }));
  const superseded = await commands.supersede(tx, winners, now);
  return [added, superseded.map((one) => `${one.deviceId} ${one.commandId} ${one.newer}`).toSorted()];
}

/** What holds whatever happens: in no slot do two wait, and of ScheduleOSUpdate no device has two in hand. */
async function crowded(db: Database, minute: number): Promise<unknown[]> {
  return db.query(
    {
      text: `SELECT device_id, slot, count(*) FILTER (WHERE state <> 1 AND NOT overtaken) AS waiting,
                    count(*) FILTER (WHERE state = 1 AND expires_at + $2 * interval '1 ms' > $1) AS in_hand
               FROM command_queue.command WHERE slot IS NOT NULL
              GROUP BY device_id, slot
             HAVING count(*) FILTER (WHERE state <> 1 AND NOT overtaken) > 1
                 OR slot = 'ScheduleOSUpdate' AND count(*) FILTER (WHERE state = 1 AND expires_at + $2 * interval '1 ms' > $1) > 1`,
    },
    [minutes(minute), grace],
  );
}

async function outcomes({ db, commands }: World): Promise<unknown> {
  const keys = devices.flatMap((each) =>
    names.map((what) => ({ tenant: 'default', deviceId: each, commandId: connect(each, null, what).commandId! })),
  );
  const found = await db.transaction((tx) => commands.findFinished(tx, keys));
  return found.map((each) => [
    each.deviceId,
    each.requestType,
    each.outcome,
    each.notNowCount,
    each.errorCount,
    each.finishedAt,
  ]);
}

describe('the life of commands on PostgreSQL', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('command_queue');
  });
  afterAll(() => database.close());

  it('is that of the simple model, whatever happens in whatever order', async () => {
    const steps = fc.array(fc.record({ operation, wait: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 5,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        await db.query({
          text: 'TRUNCATE command_queue.command, command_queue.command_history, command_queue.enrollment',
        });
        const queue = new FakeQueue();
        const model: World = {
          db: new FakeDatabase(),
          commands: new FakeCommandStore(queue),
          enrollments: new FakeEnrollmentStore(queue),
        };
        const real: World = { db, commands: new PgCommandStore(), enrollments: new PgEnrollmentStore() };
        for (const world of [model, real]) {
          await world.db.transaction(async (tx) => {
            for (const each of devices) await world.enrollments.begin(tx, enrollment(each));
          });
        }
        let minute = 0;
        for (const step of run) {
          minute += step.wait;
          const [expected, seen] = [
            await apply(model, step.operation, minute),
            await apply(real, step.operation, minute),
          ];
          if (step.operation.kind === 'revoke') expect(seen === null).toBe(expected === null);
          else expect(seen).toEqual(expected);
          expect(await crowded(db, minute)).toEqual([]);
        }
        expect(await outcomes(real)).toEqual(await outcomes(model));
      }),
      { numRuns: 60 },
    );
  });
});
