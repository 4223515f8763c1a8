import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CheckIn, sourceCertificateHash } from '@lamplighter/contracts';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import fc from 'fast-check';
import type { Enrollment } from '../src/domain/enrollment.ts';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { checkInsOn, topic } from './check-ins.ts';
import { FakeCommandStore } from './fake-command-store.ts';
import { FakeEnrollmentStore } from './fake-enrollment-store.ts';
import { FakeQueue } from './fake-queue.ts';
import { certificateOf, FakeDatabase } from './fixtures.ts';

const push = { topic, token: 'dG9rZW4=', pushMagic: 'magic' };
const messages: CheckIn['message'][] = [
  { type: 'Authenticate', topic, facts: {} },
  { type: 'TokenUpdate', ...push },
  { type: 'TokenUpdate', ...push },
  { type: 'CheckOut' },
  { type: 'UserAuthenticate' },
  { type: 'SetBootstrapToken', bootstrapToken: 'Ym9vdA==' },
  { type: 'GetBootstrapToken' },
];
const ids = ['a', 'b', 'a:u', 'b:u'];
const certificates = ['a', 'b'].flatMap((name) => [certificateOf(name), certificateOf(name, 1)]);

const checkIn = fc.record({
  deviceId: fc.constantFrom(...ids),
  message: fc.constantFrom(...messages),
  speaker: fc.oneof(
    { weight: 5, arbitrary: fc.record({ certificateHash: fc.constantFrom(...certificates) }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('nano', 'micro')
        .map((source) => ({ source, certificateHash: sourceCertificateHash('default', source) })),
    },
  ),
  certificateNames: fc.option(fc.subarray(['A', 'b', 'somebody']), { nil: undefined }),
});
type Said = typeof checkIn extends fc.Arbitrary<infer T> ? T : never;

function say(world: ReturnType<typeof checkInsOn>, { deviceId, message, speaker, certificateNames }: Said) {
  const [parentId, user] = deviceId.split(':');
  const of = user === undefined ? { kind: 'device' as const } : { kind: 'user' as const, parentId: parentId! };
  const named = certificateNames === undefined ? {} : { certificateNames };
  return world.say(message, { deviceId, ...of, ...speaker, ...named });
}

const seen = (row: Enrollment) => ({
  state: [row.status, row.kind, row.parentId, row.source, row.certificateHash, row.reachable],
  counts: [row.generation, row.tokenUpdateTally],
  escrows: row.bootstrapToken !== null,
});

/** What holds whoever says what. */
function expectSound(rows: readonly Enrollment[]): void {
  const live = rows.filter((row) => row.status !== 'left');
  const pins = live.filter((row) => row.parentId === null && row.source === null).map((row) => row.certificateHash);
  expect(new Set(pins).size).toBe(pins.length);
  for (const channel of live.filter((row) => row.parentId !== null)) {
    const device = live.find((row) => row.deviceId === channel.parentId);
    expect(device).toMatchObject({ certificateHash: channel.certificateHash, source: channel.source });
  }
}

describe('the life of enrollments on PostgreSQL', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('command_queue');
  });
  afterAll(() => database.close());

  it('is that of the simple model, whoever says what; no certificate ever speaks for two devices', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(checkIn, { minLength: 5, maxLength: 40 }), async (all) => {
        await db.query({ text: 'TRUNCATE command_queue.enrollment' });
        const queue = new FakeQueue();
        const model = checkInsOn({
          db: new FakeDatabase(),
          commands: new FakeCommandStore(queue),
          enrollments: new FakeEnrollmentStore(queue),
        });
        const enrollments = new PgEnrollmentStore();
        const real = checkInsOn({ db, commands: new PgCommandStore(), enrollments });
        for (const said of all) {
          expect(await say(real, said)).toEqual(await say(model, said));
          expectSound([...queue.enrollments.values()]);
        }
        expect(real.outbox.staged).toEqual(model.outbox.staged);
        for (const id of ids) {
          const row = await enrollments.lock(db, 'default', id);
          const expected = queue.enrollments.get(`default ${id}`);
          expect(row && seen(row)).toEqual(expected && seen(expected));
        }
      }),
      { numRuns: 100 },
    );
  });
});
