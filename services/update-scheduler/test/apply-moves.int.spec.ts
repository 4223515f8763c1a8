import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import type { StoredUpdate } from '../src/domain/update.ts';
import type { Move } from '../src/ports/updates.ts';
import { moveTo } from '../src/steps/outgoing.ts';
import { Night, TENANT } from './night.ts';

/** Of what stands in one text with others when it is read. */
const STRANGE = ['', ',', '"', '\\', '{NULL}', ' é東 ', "'", '\n'];
const AT = new Date('2026-11-22T05:06:07.089Z');

describe('moves that are written', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  async function open(...ids: string[]): Promise<StoredUpdate[]> {
    night = await Night.begin(database);
    await night.policy();
    await night.devices(...ids.map((id) => ({ id })));
    await night.start();
    return (await night.updates.openUpdates(TENANT, ids)).toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
  }
  const apply = (moves: readonly Move[]) => night.db.transaction((tx) => night.updates.apply(tx, TENANT, moves, AT));
  const failing = (update: StoredUpdate, reason: string): Move =>
    moveTo(update, { state: 'failed', reason, step: '', commandId: null }, `why: ${reason}`, AT);

  it('are all written, each with what is its own, however little they have in common', async () => {
    const ids = Array.from({ length: 300 }, (_, n) => `D${String(n).padStart(3, '0')}`);
    const before = await open(...ids);
    const moves = before.map((update, n) =>
      failing(
        { ...update, productKey: n % 2 ? 'NULL' : '', progress: n % 3 ? `${n}${STRANGE[n % STRANGE.length]}` : null },
        `reason-${n}`,
      ),
    );
    expect(await apply(moves)).toHaveLength(300);
    const after = (await night.updates.openUpdates(TENANT, ids)).map(({ place: _place, ...row }) => row);
    expect(new Set(after)).toEqual(new Set(moves.map(({ update: { place: _place, ...row } }) => row)));
    const told = await night.db.query<{ device_id: string; reason: string; detail: string; at: Date }>({
      text: `SELECT device_id, reason, detail, at FROM update_scheduler.update_event WHERE to_state = 'failed' ORDER BY device_id`,
    });
    expect(told).toEqual(
      ids.map((device_id, n) => ({ device_id, reason: `reason-${n}`, detail: `why: reason-${n}`, at: AT })),
    );
  });

  it('are read for what devices say as they are read for all else', async () => {
    const ids = ['A', 'B', 'C'];
    const before = await open(...ids);
    const { rolloutId } = before[0]!;
    await night.db.query({
      text: `UPDATE update_scheduler.device_update SET ring = 0, deadline_at = '2026-11-23T04:05:06.789Z', commanded_at = now() WHERE device_id = 'B'`,
    });
    const rows = await night.db.transaction((tx) =>
      night.updates.inStates(tx, { tenant: TENANT, rolloutId }, ['scanning'], 10),
    );
    expect(rows.map(({ ring }) => ring)).toEqual([null, 0, null]);
    expect(new Set(await night.updates.openUpdates(TENANT, ids))).toEqual(new Set(rows));
  });

  it('are not written where their row has moved since it was read, nor where another device has its place', async () => {
    const [a, b, c] = (await open('A', 'B', 'C')) as [StoredUpdate, StoredUpdate, StoredUpdate];
    expect(await apply([failing(a, 'first')])).toHaveLength(1);
    const strange = { ...b, place: c.place };
    expect(await apply([failing(a, 'again'), failing(strange, 'again')])).toEqual([]);
    expect(await night.states()).toEqual({ A: 'failed: first', B: 'scanning', C: 'scanning' });
    const told = await night.db.query({ text: `SELECT FROM update_scheduler.update_event WHERE to_state = 'failed'` });
    expect(told).toHaveLength(1);
  });
});
