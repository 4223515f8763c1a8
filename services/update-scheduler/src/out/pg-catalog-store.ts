import { type ListedRelease, osVersionKey } from '@lamplighter/apple';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { CatalogStore } from '../ports.ts';

@Injectable()
export class PgCatalogStore extends CatalogStore {
  override async count(tx: Tx): Promise<number> {
    await tx.query({ text: `SELECT pg_advisory_xact_lock(hashtext('update_scheduler.release'))` });
    const [row] = await tx.query<{ count: number }>({ text: `SELECT count(*) AS count FROM update_scheduler.release` });
    return row?.count ?? 0;
  }

  override async replace(tx: Tx, releases: readonly ListedRelease[]): Promise<number> {
    const known = new Set(
      (
        await tx.query<{ key: string }>({
          text: `SELECT concat_ws(' ', source, os, version, build) AS key FROM update_scheduler.release`,
        })
      ).map((row) => row.key),
    );
    await tx.query({ text: `DELETE FROM update_scheduler.release` });
    await tx.query({ text: `DELETE FROM update_scheduler.release_device` });
    const rows = releases.map((one) => ({ ...one, source: one.set, version_key: osVersionKey(one.version) }));
    const written = await tx.query<{ key: string }>(INSERT_RELEASES, [JSON.stringify(rows)]);
    await tx.query(INSERT_DEVICES, [JSON.stringify(rows)]);
    return written.filter((row) => !known.has(row.key)).length;
  }
}

// A release may be listed several times, with different devices and ends: merged.
const INSERT_RELEASES = {
  text: `INSERT INTO update_scheduler.release (source, os, version, version_key, build, posted_at, expires_at, supported_devices)
         SELECT v.source, v.os, v.version, v.version_key, v.build, min(v."postedAt"),
                CASE WHEN bool_or(v."expiresAt" IS NULL) THEN NULL ELSE max(v."expiresAt") END, array_agg(DISTINCT d.device)
           FROM jsonb_to_recordset($1::jsonb) AS v (source text, os text, version text, version_key bigint, build text, "postedAt" date,
                "expiresAt" date, "supportedDevices" jsonb), jsonb_array_elements_text(v."supportedDevices") AS d (device)
          GROUP BY v.source, v.os, v.version, v.version_key, v.build
         RETURNING concat_ws(' ', source, os, version, build) AS key`,
};

// Background Security Improvements share their base's version: never a target.
const INSERT_DEVICES = {
  text: `INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at, expires_at)
         SELECT d.device, v.os, v.version, v.version_key, v.build, min(v."postedAt"),
                CASE WHEN bool_or(v."expiresAt" IS NULL) THEN NULL ELSE max(v."expiresAt") END
           FROM jsonb_to_recordset($1::jsonb) AS v (source text, os text, version text, version_key bigint, build text, "postedAt" date,
                "expiresAt" date, "supportedDevices" jsonb), jsonb_array_elements_text(v."supportedDevices") AS d (device)
          WHERE v.source <> 'bsi'
          GROUP BY d.device, v.os, v.version, v.version_key, v.build`,
};
