import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgDeviceViews } from '../src/out/pg-device-views.ts';
import { SEARCH } from '../src/out/sql/devices.ts';

const DEVICES = 20_000;

describe('a search for devices', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('admin_api');
    await database.admin.query({
      text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, serial_number, device_name, updated_at)
             SELECT tenant, upper(md5(id::text)), true, 1, 'macOS', 'C02' || lpad(id::text, 7, '0'), 'Mac ' || id, now()
               FROM generate_series(1, ${DEVICES}) AS id, unnest(ARRAY['default', 'other']) AS tenant`,
    });
    await database.admin.query({
      text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, serial_number, device_name, updated_at)
             VALUES ('default', '00008030-001A34E02282802E', true, 1, 'iOS', 'F2LX1', '100%_sure', now()),
                    ('default', '0a1b2c', true, 1, 'iOS', NULL, 'Élodie’s iPad', now()), ('default', '0a1b2c:ben', true, 1, 'iOS', NULL, NULL, now())`,
    });
    await database.admin.query({ text: 'ANALYZE status_ingestion.device' });
  });
  afterAll(() => database.close());

  const search = async (text: string, tenant = 'default', cursor = '', limit = 100) =>
    (await new PgDeviceViews(db).list(tenant, { search: text, cursor, limit })).items;
  const ids = async (text: string) => (await search(text)).map(({ deviceId }) => deviceId);
  const planOf = async (text: string): Promise<string> => {
    const lines = await db.query<Record<string, string>>({ text: `EXPLAIN ${SEARCH.text}` }, [
      'default',
      '',
      `${text}%`,
      1000,
    ]);
    return lines.map((line) => Object.values(line)[0]).join('\n');
  };

  it('finds what begins with the text: its id, its serial number or its name, in any case', async () => {
    for (const text of ['00008030-001a', '00008030-001A34E02282802E', 'f2lx', 'F2LX1', '100%_SURE'])
      expect([text, await ids(text)]).toEqual([text, ['00008030-001A34E02282802E']]);
    expect(await ids('0A1B2C')).toEqual(['0a1b2c', '0a1b2c:ben']);
    expect(await ids('Élod')).toEqual(['0a1b2c']);
    expect((await search('mac 1999')).map(({ deviceName }) => deviceName).toSorted()).toHaveLength(11);
  });

  it('takes % and _ for themselves, and finds nothing amid an id or a name, nor of another tenant', async () => {
    for (const text of ['%', '_', '100_', '%sure', 'iPad', '34E02282802E'])
      expect([text, await ids(text)]).toEqual([text, []]);
    expect(await search('F2LX1', 'other')).toEqual([]);
  });

  it('goes on after the cursor, page by page, and no device comes twice', async () => {
    const all: string[] = [];
    for (let cursor = ''; ;) {
      const page = await search('c0200001', 'default', cursor, 30);
      all.push(...page.map(({ deviceId }) => deviceId));
      if (page.length < 30) break;
      cursor = page.at(-1)!.deviceId;
    }
    expect(all).toHaveLength(100);
    expect(all).toEqual([...new Set(all)].toSorted());
  });

  it('reads no fleet: indexes where few match, and the key up to the page’s end where many do', async () => {
    const few = await planOf('C020000123');
    expect([...few.matchAll(/on (device_\w+)/g)].map(([, index]) => index)).toEqual(
      expect.arrayContaining(['device_pkey', 'device_serial', 'device_name']),
    );
    const many = await planOf('c');
    for (const plan of [few, many]) expect(plan).not.toContain('Seq Scan');
    expect(many).not.toContain('Sort');
  });
});
