import {
  type Finding,
  type FindingEvidence,
  type FindingPage,
  findingText,
  type FindingKind,
  WatchStep,
} from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { FindingQuery } from '../ports/resources.ts';
import { FindingViews } from '../ports/resources.ts';
import { iso } from './rows.ts';

type Row = Record<WatchStep, Date | null> & {
  deviceId: string;
  topic: string;
  kind: FindingKind;
  since: Date;
  foundAt: Date;
  checkedAt: Date;
  clearedAt: Date | null;
  evidence: FindingEvidence;
};

@Injectable()
export class PgFindingViews extends FindingViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async page(tenant: string, { kind, cursor, limit }: FindingQuery): Promise<FindingPage> {
    const [device = '', topic = ''] =
      cursor === '' ? [] : [cursor.slice(cursor.indexOf(' ') + 1), cursor.split(' ')[0]];
    const rows = await this.database.query<Row>(PAGE, [tenant, kind ?? null, device, topic, limit]);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return { items: rows.map(findingOf), next: last ? `${last.topic} ${last.deviceId}` : null };
  }

  override async ofDevice(tenant: string, deviceId: string): Promise<Finding[]> {
    return (await this.database.query<Row>(DEVICE, [tenant, deviceId])).map(findingOf);
  }
}

function findingOf({ deviceId, kind, since, foundAt, checkedAt, clearedAt, evidence, ...times }: Row): Finding {
  const steps = WatchStep.options.flatMap((step) => {
    const at = times[step];
    // Steps of an earlier finding are no part of this story.
    return at !== null && at >= foundAt ? [{ step, at: iso(at) }] : [];
  });
  return {
    deviceId,
    kind,
    since: iso(since),
    foundAt: iso(foundAt),
    checkedAt: iso(checkedAt),
    clearedAt: clearedAt && iso(clearedAt),
    text: findingText(kind, since, evidence),
    evidence,
    steps: steps.toSorted((one, other) => one.at.localeCompare(other.at)),
  };
}

const COLUMNS = `device_id AS "deviceId", topic, kind, since, found_at AS "foundAt", checked_at AS "checkedAt", cleared_at AS "clearedAt",
           evidence, pushed_at AS push, pinged_at AS ping, synced_at AS sync, alerted_at AS alert`;

const PAGE = {
  name: 'findings',
  text: `
    SELECT ${COLUMNS}
      FROM update_scheduler.finding_v1
     WHERE tenant = $1 AND cleared_at IS NULL AND ($2::text IS NULL OR kind = $2) AND (device_id, topic) > ($3, $4)
     ORDER BY device_id, topic LIMIT $5`,
};

const DEVICE = {
  name: 'device-findings',
  text: `
    SELECT ${COLUMNS}
      FROM update_scheduler.finding_v1 WHERE tenant = $1 AND device_id = $2
     ORDER BY cleared_at DESC NULLS FIRST, topic`,
};
