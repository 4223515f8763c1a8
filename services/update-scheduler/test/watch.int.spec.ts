import type { InputOf } from '@lamplighter/contracts';
import { cloudEventSource, declarationNotify } from '@lamplighter/contracts';
import { parseConfig, Requester } from '@lamplighter/runtime';
import { type PgDatabase, PgOutbox } from '@lamplighter/storage';
import { recordingLog, TestClock, testDatabase, type TestDatabase } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { PgWatchStore } from '../src/out/pg-watch-store.ts';
import { WatchDevices } from '../src/steps/watch-devices.ts';

const MINUTE = 60_000;
const NIGHT = Date.parse('2026-11-20T02:00:00Z');
const BODY = '6f1c1f5e-0000-8000-8000-000000000004';

/** What ddm is asked. */
class Notified extends Requester {
  readonly asked: InputOf<typeof declarationNotify>[] = [];
  isAway = false;

  override request(_: unknown, input: unknown): Promise<never> {
    if (this.isAway) return Promise.reject(new Error('nobody serves it'));
    this.asked.push(input as InputOf<typeof declarationNotify>);
    return Promise.resolve({ ok: { devices: 1 } } as never);
  }
}

describe('the watchdog', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  let clock: TestClock;
  let ddm: Notified;
  let watchdog: WatchDevices;

  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('update_scheduler');
  });
  beforeEach(async () => {
    await database.admin.query({
      text: `TRUNCATE command_queue.enrollment, command_queue.command, status_ingestion.device, status_ingestion.device_ddm,
               update_scheduler.watch, update_scheduler.watch_ladder, update_scheduler.device_update, update_scheduler.outbox`,
    });
    await database.admin.query({
      text: `UPDATE update_scheduler.watch_sweep SET next_at = '-infinity', cursor_tenant = NULL, cursor_device = NULL`,
    });
    clock = new TestClock('2026-11-20T02:00:00Z');
    ddm = new Notified();
    watchdog = dog();
  });
  afterAll(() => database.close());

  function dog(env: Record<string, string> = {}): WatchDevices {
    const settings = parseConfig('update-scheduler', config, env);
    const outbox = new PgOutbox(db, 'update_scheduler', 'lamp');
    return new WatchDevices(settings, clock, db, outbox, ddm, new PgWatchStore(db), recordingLog());
  }
  const at = (minutes: number) => new Date(NIGHT + minutes * MINUTE);
  const round = async (dogs = [watchdog]): Promise<void> => {
    for (const one of dogs) while (await one.look());
    for (const one of dogs) await one.act();
  };
  interface Given {
    /** Minutes of the night; null: never. */
    seen?: number | null;
    woken?: number;
    zone?: string | null;
    hasDdm?: boolean;
    endsAt?: Date;
    tenant?: string;
    source?: string;
  }
  async function device(
    id: string,
    { seen = -60, woken, zone = null, hasDdm = false, endsAt, tenant = 'default', source }: Given,
  ) {
    const all = [tenant, id, seen === null ? null : at(seen)];
    await database.admin.query(
      {
        text: `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at,
                      enrolled_at, last_seen_at, push_address, token_updated_at, certificate_ends_at, source)
               VALUES ($1, $2, 'device', 'enrolled', 't', decode(md5($2), 'hex'), 1, '{}', '2026-01-01', '2026-01-01', $3, '\\x00', '2026-01-01', $4, $5)`,
      },
      [...all, endsAt ?? null, source ?? null],
    );
    await database.admin.query(
      {
        text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, time_zone, enrolled_at, updated_at)
               VALUES ($1, $2, true, 1, 'macOS', $3, '2026-01-01', now())`,
      },
      [tenant, id, zone],
    );
    if (hasDdm)
      await database.admin.query(
        {
          text: `INSERT INTO status_ingestion.device_ddm (tenant, device_id, state, reported_at, updated_at) VALUES ($1, $2, '{}', '2026-02-01', now())`,
        },
        [tenant, id],
      );
    if (woken !== undefined) await command(id, woken, tenant);
  }
  const command = (id: string, woken: number, tenant = 'default') =>
    database.admin.query(
      {
        text: `INSERT INTO command_queue.command (tenant, device_id, command_id, body_id, cause, priority, state, created_at, expires_at, due_at, push_count)
               VALUES ($1, $2, gen_random_uuid(), $4, 'x', 10, 0, $3, $3::timestamptz + interval '1 day', $3, 1)`,
      },
      [tenant, id, at(woken), BODY],
    );
  const seen = (id: string) =>
    database.admin.query({ text: `UPDATE command_queue.enrollment SET last_seen_at = $2 WHERE device_id = $1` }, [
      id,
      clock.now(),
    ]);
  const findings = async () =>
    (
      await db.query<{ device_id: string; kind: string; cleared_at: Date | null }>({
        text: `SELECT device_id, kind, cleared_at FROM update_scheduler.finding_v1 ORDER BY tenant, device_id, topic`,
      })
    ).map(({ device_id, kind, cleared_at }) => `${device_id} ${kind}${cleared_at ? ' (cleared)' : ''}`);
  const staged = async <T>(name: string): Promise<T[]> => {
    const rows = await database.admin.query<{ payload: Buffer }>({
      text: `SELECT payload FROM update_scheduler.outbox ORDER BY outbox_id`,
    });
    return rows
      .map(({ payload }) => JSON.parse(payload.toString()) as { source: string; data: T[] })
      .filter(({ source }) => source === cloudEventSource(name))
      .flatMap(({ data }) => data);
  };
  const steps = async () => ({
    push: (await staged('push.request')).length,
    ping: (await staged('command.enqueue')).length,
    sync: ddm.asked.length,
    alert: (await staged('finding.alerted')).length,
  });

  it('finds a device silent that was woken and did not come, and no other', async () => {
    await device('AWAY', { woken: 0 });
    await device('CAME', { woken: 0, seen: 10 });
    await device('IDLE', {});
    await device('LATELY', { woken: 30 });
    await device('OTHERS', { woken: 0, source: 'nano' });
    clock.advance(60 * MINUTE);
    await round();
    expect(await findings()).toEqual(['AWAY silent-after-push']);
    await seen('AWAY');
    clock.advance(10 * MINUTE);
    await round();
    expect(await findings()).toEqual(['AWAY silent-after-push (cleared)']);
  });

  it('finds the MDM client stuck when others of its tenant and zone came, and says by whom it judged', async () => {
    await device('STUCK', { woken: 0, zone: 'Europe/Zurich' });
    await device('FAR', { woken: 0, zone: 'Asia/Tokyo' });
    for (let index = 0; index < 10; index++) await device(`PEER-${index}`, { seen: 40, zone: 'Europe/Zurich' });
    for (let index = 0; index < 10; index++)
      await device(`X-${index}`, { seen: 40, zone: 'Asia/Tokyo', tenant: 'other' });
    clock.advance(100 * MINUTE);
    await round();
    expect(await findings()).toEqual(['FAR silent-after-push', 'STUCK mdm-client-stuck']);
    const [row] = await db.query<{ evidence: object }>({
      text: `SELECT evidence FROM update_scheduler.watch WHERE device_id = 'STUCK'`,
    });
    expect(row?.evidence).toMatchObject({ zone: 'Europe/Zurich', peersCame: 10, peersSilent: 1, pushes: 1 });
  });

  it('finds an update that stands still, not one that moves, that is at its end, or that waits for a person or for its time', async () => {
    const update = (
      id: string,
      state: string,
      reason: string | null,
      progressed: number,
      { step = 'status', lane = 'mdm', stops = 240 } = {},
    ) =>
      database.admin.query(
        {
          text: `INSERT INTO update_scheduler.device_update (tenant, rollout_id, device_id, occurrence_id, wave, state, reason, platform, lane, target_version,
                        target_build, stops_at, commanded_at, updated_at, progressed_at, step)
                 VALUES ('default', $5, $1, $5, 0, $2, $3, 'macOS', $6, '26.1', '25B78', $7, $4, $4, $4, $8)`,
        },
        [id, state, reason, at(progressed), BODY, lane, at(stops), step],
      );
    for (const id of ['SLOW', 'LATER', 'MOVES', 'DONE', 'HELD', 'FETCHED', 'TOLD', 'TOLD-LATE'])
      await device(id, { seen: 175 });
    await update('SLOW', 'downloading', null, 0);
    await update('LATER', 'downloaded', 'user-postponed', 0);
    await update('MOVES', 'installing', null, 170);
    await update('DONE', 'installed', null, 0);
    await update('HELD', 'downloaded', 'paused', 0);
    await update('FETCHED', 'downloaded', 'download-only', 0, { step: '' });
    await update('TOLD', 'commanded', 'waiting-for-its-time', 0, { step: 'enforce', lane: 'ddm' });
    await update('TOLD-LATE', 'commanded', 'waiting-for-its-time', 0, { step: 'enforce', lane: 'ddm', stops: 150 });
    clock.advance(180 * MINUTE);
    await round();
    expect(await findings()).toEqual(['SLOW update-stuck', 'TOLD-LATE update-stuck']);
  });

  it('tells of certificates that end, to people at once', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    await device('ENDED', { endsAt: inDays(-1) });
    await device('ENDS', { endsAt: inDays(29) });
    await device('FRESH', { endsAt: inDays(31) });
    await round();
    expect(await findings()).toEqual(['ENDED certificate-expired', 'ENDS certificate-expiring']);
    expect(await steps()).toEqual({ push: 0, ping: 0, sync: 0, alert: 2 });
  });

  it('tells of a certificate that an agent misses, until the device comes', async () => {
    const missing = (id: string, minute: number, identityCertificate = 'missing') =>
      database.admin.query(
        {
          text: `INSERT INTO status_ingestion.agent_report (tenant, device_id, reported_at, facts) VALUES ('default', $1, $2, $3)`,
        },
        [id, at(minute), JSON.stringify({ identityCertificate })],
      );
    for (const id of ['LOST', 'CAME-SINCE', 'HAS-IT']) await device(id, { seen: -5 });
    await device('LOST-AND-ENDED', { endsAt: new Date(Date.now() - 86_400_000) });
    await missing('LOST', 0);
    await missing('LOST-AND-ENDED', 0);
    await missing('CAME-SINCE', -10);
    await missing('HAS-IT', 0, 'present');
    clock.advance(10 * MINUTE);
    await round();
    expect(await findings()).toEqual(['LOST certificate-missing', 'LOST-AND-ENDED certificate-missing']);
    await seen('LOST');
    clock.advance(10 * MINUTE);
    await round();
    expect(await findings()).toEqual(['LOST certificate-missing (cleared)', 'LOST-AND-ENDED certificate-missing']);
  });

  it('wakes, asks, synchronizes and at last alerts, each once a day', async () => {
    await device('AWAY', { woken: 0, hasDdm: true });
    clock.advance(60 * MINUTE);
    const story: object[] = [];
    for (let half = 0; half < 6; half++) {
      await round();
      story.push(await steps());
      clock.advance(30 * MINUTE);
    }
    const all = { push: 1, ping: 1, sync: 1, alert: 1 };
    expect(story).toEqual([
      { ...all, ping: 0, sync: 0, alert: 0 },
      { ...all, sync: 0, alert: 0 },
      { ...all, alert: 0 },
      all,
      all,
      all,
    ]);
    expect(await staged('push.request')).toMatchObject([
      { deviceId: 'AWAY', reason: 'due', expiresAt: at(90).toISOString() },
    ]);
    expect(await staged('finding.alerted')).toMatchObject([{ deviceId: 'AWAY', kind: 'silent-after-push' }]);
    expect(ddm.asked).toMatchObject([{ tenant: 'default', deviceIds: ['AWAY'] }]);
    clock.advance(24 * 60 * MINUTE);
    await round();
    expect(await steps()).toEqual({ ...all, push: 2 });
  });

  it('begins no ladder anew within the day when a finding comes and goes', async () => {
    await device('FLAPS', { woken: 0 });
    clock.advance(60 * MINUTE);
    await round();
    await seen('FLAPS');
    clock.advance(30 * MINUTE);
    await round();
    await command('FLAPS', 91);
    clock.advance(120 * MINUTE);
    await round();
    expect(await findings()).toEqual(['FLAPS silent-after-push']);
    expect(await steps()).toEqual({ push: 1, ping: 1, sync: 0, alert: 0 });
  });

  it('goes on where nobody tells devices to synchronize', async () => {
    ddm.isAway = true;
    await device('AWAY', { woken: 0, hasDdm: true });
    clock.advance(60 * MINUTE);
    for (let half = 0; half < 4; half++) {
      await round();
      clock.advance(30 * MINUTE);
    }
    expect(await steps()).toEqual({ push: 1, ping: 1, sync: 0, alert: 1 });
  });

  it('is done by any number of schedulers together, in parts, each device once', async () => {
    for (let index = 0; index < 40; index++) await device(`D-${String(index).padStart(2, '0')}`, { woken: 0 });
    clock.advance(60 * MINUTE);
    const dogs = Array.from({ length: 4 }, () => dog({ LAMP_PLAN_CHUNK: '7' }));
    const run = async (one: WatchDevices): Promise<void> => {
      for (let parts = 0; parts < 40; parts++) {
        if (await one.look()) continue;
        const [row] = await db.query<{ done: boolean }>(
          {
            text: `SELECT cursor_tenant IS NULL AND next_at > $1 AS done FROM update_scheduler.watch_sweep`,
          },
          [clock.now()],
        );
        if (row!.done) return;
      }
    };
    await Promise.all(dogs.map(run));
    await Promise.all(dogs.map((one) => one.act()));
    expect(await findings()).toHaveLength(40);
    const pushed = await staged<{ deviceId: string }>('push.request');
    expect(new Set(pushed.map(({ deviceId }) => deviceId)).size).toBe(40);
    expect(pushed).toHaveLength(40);
  });

  it('takes the steps of a tenant also where those of another one cannot be written', async () => {
    for (const tenant of ['default', 'other']) await device('AWAY', { tenant, woken: 0 });
    clock.advance(60 * MINUTE);
    await database.admin.query({
      text: `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF NEW.subject LIKE '%.default.%' THEN RAISE 'refused'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON update_scheduler.outbox FOR EACH ROW EXECUTE FUNCTION public.refuse()`,
    });
    await round();
    const pushed = await database.admin.query({
      text: 'SELECT tenant FROM update_scheduler.watch_ladder WHERE pushed_at IS NOT NULL',
    });
    await database.admin.query({ text: 'DROP TRIGGER refuse ON update_scheduler.outbox' });
    expect(pushed).toEqual([{ tenant: 'other' }]);
  });
});
