import { derivedTraceparent } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { commandIdOf } from '../src/steps/outgoing.ts';
import type { StoredUpdate } from '../src/domain/update.ts';
import { Night } from './night.ts';

const IDS = [
  '00008030-001A2D3E0C80002E',
  'with "quotes" and \\',
  'Gerät-ä-東京-🏮',
  'tab\tnew\nline\u0001',
  'user/../x',
  '\u2028',
];

describe('a wave that is sent', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it.each(['0.5', '1', '0'])(
    'has the ids that its cause says, whatever the device is called; traced: %s',
    async (share) => {
      night = await Night.begin(database, { LAMP_TRACE_SAMPLE: share });
      await night.policy();
      const many = Array.from({ length: 40 }, (_, index) => `D${index}`);
      await night.devices(
        ...[...IDS, ...many].map((id, index) => ({ id, platform: index % 2 ? 'macOS' : 'iOS', os: '18.1' })),
      );
      await night.start();
      const [{ rolloutId, occurrenceId } = { rolloutId: '', occurrenceId: '' }] = await night.occurrences();
      const commands = await night.commands();
      expect(commands.map((one) => one.deviceId).toSorted()).toEqual([...IDS, ...many].toSorted());
      for (const { deviceId, commandId, traceparent } of commands) {
        expect(commandId).toBe(commandIdOf({ rolloutId, deviceId } as StoredUpdate, 1));
        expect(traceparent).toBe(derivedTraceparent(Number(share), rolloutId, deviceId, occurrenceId));
      }
    },
  );

  it('leaves alone what another moved meanwhile', async () => {
    night = await Night.begin(database);
    await night.policy();
    await night.devices({ id: 'A' }, { id: 'B' });
    await night.openAndPlan();
    await night.db.query({
      text: `UPDATE update_scheduler.device_update SET state = 'failed', reason = 'aborted', version = version + 1 WHERE device_id = 'B'`,
    });
    while (await night.releaseWave.run());
    expect(await night.states()).toEqual({ A: 'scanning', B: 'failed: aborted' });
    expect((await night.commands()).map((one) => one.deviceId)).toEqual(['A']);
    const events = await night.db.query<{ device_id: string; version: number; to_state: string; command: boolean }>({
      text: `SELECT device_id, version, to_state, command_id IS NOT NULL AS command FROM update_scheduler.update_event ORDER BY device_id, version`,
    });
    expect(events).toEqual([
      { device_id: 'A', version: 0, to_state: 'planned', command: false },
      { device_id: 'A', version: 1, to_state: 'scanning', command: true },
      { device_id: 'B', version: 0, to_state: 'planned', command: false },
    ]);
  });
});
