import type { FindingEvidence, FindingKind, WatchStep } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DueDevice, WatchTerms } from '../ports/watch.ts';
import { WatchStore } from '../ports/watch.ts';
import * as sql from './sql/watch.ts';

const DAY_MS = 86_400_000;
/** Cleared findings are shown for so long. */
const KEPT_MS = 7 * DAY_MS;
/** Others came: so many, and this share of those that were woken. */
const FEWEST_PEERS = 10;
const PEERS_SHARE = 0.8;

interface Sweep {
  cursorTenant: string | null;
  cursorDevice: string | null;
  peers: object[];
}

type DueRow = Record<WatchStep, Date | null> &
  Pick<DueDevice, 'tenant' | 'deviceId' | 'isReachable' | 'hasDdm'> & {
    findings: { kind: FindingKind; since: string; evidence: FindingEvidence }[];
  };

@Injectable()
export class PgWatchStore extends WatchStore {
  constructor(private readonly db: Database) {
    super();
  }

  override sweep(terms: WatchTerms, limit: number): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const [under] = await tx.query<Sweep>(sql.takeSweep, [terms.now]);
      if (!under) return false;
      await tx.query(sql.planner);
      const isNew = under.cursorTenant === null;
      const peers = isNew ? await tx.query(sql.readPeers, [terms.silentBefore, terms.stuckBefore]) : under.peers;
      const from = [under.cursorTenant ?? '', under.cursorDevice ?? ''];
      const [to] = await tx.query<{ tenant: string; deviceId: string }>(sql.reach, [...from, limit]);
      const isDone = to === undefined;
      await tx.query(sql.sweep(isDone), [
        ...from,
        terms.now,
        terms.silentBefore,
        terms.stuckBefore,
        terms.updateBefore,
        terms.certificateBefore,
        JSON.stringify(peers),
        FEWEST_PEERS,
        PEERS_SHARE,
        terms.worldNow,
        ...(to ? [to.tenant, to.deviceId] : []),
      ]);
      const cursor = to ? [to.tenant, to.deviceId] : [null, null];
      await tx.query(sql.saveSweep, [...cursor, terms.nextAt, JSON.stringify(isDone ? [] : peers)]);
      if (isDone) await this.forget(tx, terms.now);
      return !isDone;
    });
  }

  private async forget(tx: Tx, now: Date): Promise<void> {
    await tx.query(sql.forget, [new Date(now.getTime() - KEPT_MS), new Date(now.getTime() - DAY_MS)]);
  }

  override async due(tx: Tx, now: Date, limit: number, without: readonly string[]): Promise<DueDevice[]> {
    const rows = await tx.query<DueRow>(sql.due, [now, limit, without]);
    return rows.map(({ push, ping, sync, alert, findings, ...row }) => ({
      ...row,
      kinds: findings.map(({ kind }) => kind),
      findings: findings.map((finding) => ({ ...finding, since: new Date(finding.since) })),
      times: {
        ...(push ? { push } : {}),
        ...(ping ? { ping } : {}),
        ...(sync ? { sync } : {}),
        ...(alert ? { alert } : {}),
      },
    }));
  }

  override async note(
    tx: Tx,
    taken: readonly { tenant: string; deviceId: string; step: WatchStep | undefined; dueAt: Date | undefined }[],
    now: Date,
  ): Promise<void> {
    await tx.query(sql.note, [
      taken.map(({ tenant }) => tenant),
      taken.map(({ deviceId }) => deviceId),
      taken.map(({ step }) => step ?? null),
      taken.map(({ dueAt }) => dueAt ?? null),
      now,
    ]);
  }
}
