import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgWhyViews } from '../src/out/pg-why-views.ts';
import { DEVICE_OF_SERIAL } from '../src/out/sql/why.ts';

describe('a device by its serial number', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('admin_api');
    await database.admin.query({
      text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, serial_number, updated_at)
             SELECT tenant, 'D' || id, id <> 7, 1, 'iOS', CASE WHEN id % 10 > 0 THEN 'C02X' || id / 2 END, now()
               FROM generate_series(1, 20000) AS id, unnest(ARRAY['default', 'other']) AS tenant`,
    });
    await database.admin.query({ text: 'ANALYZE status_ingestion.device' });
  });
  afterAll(() => database.close());

  it('is found by an index, and not by reading the fleet', async () => {
    const plan = await db.query<Record<string, string>>({ text: `EXPLAIN ${DEVICE_OF_SERIAL.text}` }, [
      'default',
      'c02x4321',
    ]);
    const text = plan.map((line) => Object.values(line)[0]).join('\n');
    expect(text).toContain('device_serial');
    expect(text).not.toContain('Seq Scan');
  });

  it('is the one that is enrolled, of this tenant, however the number was typed', async () => {
    const views = new PgWhyViews(db);
    expect((await views.seen('default', 'c02x3'))?.device.deviceId).toBe('D6');
    expect((await views.seen('default', 'D7'))?.device).toMatchObject({ deviceId: 'D7', enrolled: false });
    expect(await views.seen('nobody', 'C02X3')).toBeUndefined();
    expect(await views.seen('default', 'C02X')).toBeUndefined();
  });
});
