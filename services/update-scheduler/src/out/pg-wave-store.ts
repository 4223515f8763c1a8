import { isTimeZone } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DueWave, SentDevice } from '../ports/waves.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { WaveStore } from '../ports/waves.ts';
import { Pacer } from '../ports/pacer.ts';
import { storedPolicy } from './stored-policy.ts';
import { UPDATE_COLUMNS } from './pg-update-store.ts';
import { sendWave } from './sql/send-wave.ts';

@Injectable()
export class PgWaveStore extends WaveStore {
  constructor(
    private readonly db: Database,
    private readonly pacer: Pacer,
  ) {
    super();
  }

  override async admit(now: Date, without: readonly string[]): Promise<boolean> {
    const [next] = await this.db.query<{ size: number; stopsAt: Date }>(NEXT, [now, without]);
    if (!next) return false;
    // One whose stop time has come is put off, whatever the budget.
    return now >= next.stopsAt || (await this.pacer.take(next.size, now)) === null;
  }

  override async claim(tx: Tx, now: Date, without: readonly string[]): Promise<DueWave | undefined> {
    const [wave] = await tx.query<DueWave>(CLAIM, [now, without]);
    return wave && { ...wave, spec: storedPolicy(wave.spec) };
  }

  override send(
    tx: Tx,
    { tenant, occurrenceId, wave }: DueWave,
    { now, detail, traced }: { now: Date; detail: string; traced: number },
  ): Promise<SentDevice[]> {
    return tx.query(sendWave, [tenant, occurrenceId, wave, now, detail, traced]);
  }

  override devices(tx: Tx, wave: DueWave): Promise<StoredUpdate[]> {
    return tx.query(DEVICES, [wave.tenant, wave.occurrenceId, wave.wave]);
  }

  override async zonesOf(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ id: string; zone: string }>(ZONES, [tenant, deviceIds]);
    const sound = new Set([...new Set(rows.map(({ zone }) => zone))].filter(isTimeZone));
    return new Map(rows.filter(({ zone }) => sound.has(zone)).map(({ id, zone }) => [id, zone]));
  }

  override async released(tx: Tx, wave: DueWave, now: Date, devices: number): Promise<void> {
    await tx.query(
      {
        name: 'wave-released',
        text: `UPDATE update_scheduler.wave SET released_at = $4, devices = $5 WHERE tenant = $1 AND occurrence_id = $2 AND wave = $3`,
      },
      [wave.tenant, wave.occurrenceId, wave.wave, now, devices],
    );
  }

  override async updatedSince(
    tx: Tx,
    { tenant, rolloutId, opensAt }: DueWave,
    deviceIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ id: string }>(UPDATED, [tenant, rolloutId, opensAt, deviceIds]);
    return new Set(rows.map(({ id }) => id));
  }

  override async drop(tx: Tx, tenant: string, occurrenceId: string, wave?: number): Promise<void> {
    await tx.query(
      {
        name: 'drop-waves',
        text: `DELETE FROM update_scheduler.wave
                WHERE tenant = $1 AND occurrence_id = $2 AND released_at IS NULL AND ($3::int IS NULL OR wave = $3)`,
      },
      [tenant, occurrenceId, wave ?? null],
    );
  }
}

const DUE = `FROM update_scheduler.wave w
           JOIN update_scheduler.occurrence o USING (tenant, occurrence_id)
           JOIN update_scheduler.rollout r ON r.tenant = w.tenant AND r.rollout_id = w.rollout_id
           JOIN update_scheduler.policy p ON p.tenant = o.tenant AND p.policy_id = o.policy_id
           LEFT JOIN update_scheduler.tenant_state t ON t.tenant = w.tenant
           LEFT JOIN update_scheduler.ring g ON g.tenant = w.tenant AND g.rollout_id = w.rollout_id AND g.ring = w.ring
          WHERE w.released_at IS NULL AND w.release_at <= $1 AND w.rollout_id <> ALL($2::uuid[]) AND r.state = 'running' AND o.state <> 'closed'
            AND NOT p.paused AND t.paused IS NOT TRUE AND g.state IS DISTINCT FROM 'halted'
          ORDER BY w.release_at LIMIT 1`;
// Waves that others are releasing are skipped: nothing is taken from the budget for them.
const NEXT = {
  name: 'next-wave-due',
  text: `SELECT w.devices AS size, o.stops_at AS "stopsAt" ${DUE} FOR UPDATE OF w SKIP LOCKED`,
};

// FOR SHARE OF r: an abort waits for waves that are going out, so that its revoke comes after their commands.
const CLAIM = {
  name: 'claim-wave',
  text: `SELECT w.tenant, w.occurrence_id AS "occurrenceId", w.rollout_id AS "rolloutId", w.wave, w.devices AS size, o."window", o.zone,
                o.local_date::text AS "localDate", o.opens_at AS "opensAt", o.stops_at AS "stopsAt",
                o.traceparent AS "windowTraceparent", r.spec
           ${DUE}
            FOR UPDATE OF w SKIP LOCKED FOR SHARE OF r`,
};

const DEVICES = {
  name: 'wave-devices',
  text: `SELECT ${UPDATE_COLUMNS} FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.occurrence_id = $2 AND u.wave = $3 AND u.state = 'planned'`,
};

// Plan: the key of update_event, of the days since the window opened.
const UPDATED = {
  name: 'updated-since',
  text: `SELECT DISTINCT device_id AS id FROM update_scheduler.update_event
          WHERE tenant = $1 AND rollout_id = $2 AND at >= $3 AND device_id = ANY($4::text[]) AND to_state = 'installed' AND from_state <> 'planned'`,
};

const ZONES = {
  name: 'zones-of-devices',
  text: `SELECT device_id AS id, time_zone AS zone FROM status_ingestion.device_v1
          WHERE tenant = $1 AND device_id = ANY($2::text[]) AND time_zone IS NOT NULL`,
};
