import { Clock, CONFIG, Database, Log, Resting, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { KeepStore } from '../ports/keep.ts';
import type { KeepTerms, OccurrenceKey, OverRollout } from '../ports/keep.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Device rows that one transaction looks at. */
const PAGE = 5_000;
/** Windows of one transaction: each may have hundreds of waves. */
const WINDOWS = 50;
const VERSIONS = 1_000;
/** How long a rollout waits that could not be gone through. */
const REST_MS = { firstMs: 60_000, mostMs: 6 * HOUR_MS };

/**
 * Counts rollouts that are over, once a day as long as all their rows are there, and removes what was kept long enough: rollouts by and
 * by with their devices, windows, and versions of policies. The newest update of each device stays, and a policy's own version.
 */
@Injectable()
export class KeepUpdates {
  private restFor = '';
  private readonly resting = new Resting(REST_MS);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly store: KeepStore,
    private readonly log: Log,
  ) {}

  /** One transaction of it. Returns whether there is more; any number of schedulers may go on with it. */
  async run(): Promise<boolean> {
    if (await this.sweep()) return true;
    const day = this.clock.now().toISOString().slice(0, 10);
    if (day === this.restFor) return false;
    await this.removeWindows();
    await this.removeVersions();
    this.restFor = day;
    return false;
  }

  private terms(): KeepTerms {
    const now = this.clock.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    return {
      now,
      quietBefore: before(this.config.LAMP_CONFIRM_HOURS * HOUR_MS),
      endedBefore: before(this.config.LAMP_UPDATE_DAYS * DAY_MS),
      sweptBefore: before(DAY_MS),
    };
  }

  /** The next part of the next rollout that is over; false when there is none. */
  private async sweep(): Promise<boolean> {
    const terms = this.terms();
    let claimed: OverRollout | undefined;
    try {
      await this.db.transaction(async (tx) => {
        claimed = await this.store.claim(tx, terms, this.resting.ids());
        if (claimed) await this.goThrough(tx, claimed, terms);
      });
      if (claimed) this.resting.clear(claimed.rolloutId);
    } catch (err) {
      if (!claimed) throw err;
      const { tenant, rolloutId } = claimed;
      const ms = this.resting.add(rolloutId);
      this.log.error(
        { tenant, rolloutId, ms, err },
        'what a rollout has kept long enough could not be removed; others go on, and it is tried again after these ms',
      );
    }
    return claimed !== undefined;
  }

  private async goThrough(tx: Tx, rollout: OverRollout, terms: KeepTerms): Promise<void> {
    const { tenant, rolloutId } = rollout;
    // From the first row on that goes, the last count stands.
    if (rollout.removed === 0 && rollout.cursor === null) await this.store.count(tx, rollout, terms.now);
    if (rollout.isOld) {
      const { removed: count, isThrough } = await this.store.removeUpdates(tx, rollout, terms, PAGE);
      if (count > 0) this.log.info({ tenant, rolloutId, count }, 'updates were kept long enough, and are removed');
      if (!isThrough) return;
      // Asked on the day after the last row went: until the vacuum, the question would pass over all rows that have gone.
      const isEmpty = rollout.cursor === null && count === 0;
      if (isEmpty && (await this.store.removeRollout(tx, rollout))) {
        this.log.info({ tenant, rolloutId }, 'rollout was kept long enough, and is removed');
        return;
      }
    }
    await this.store.swept(tx, rollout, terms.now);
  }

  private async removeWindows(): Promise<void> {
    const closedBefore = this.terms().endedBefore;
    let after: OccurrenceKey | undefined;
    let count = 0;
    do {
      const from = after;
      const page = { closedBefore, limit: WINDOWS, ...(from ? { after: from } : {}) };
      const done = await this.db.transaction((tx) => this.store.removeOccurrences(tx, page));
      count += done.removed;
      after = done.next;
    } while (after !== undefined);
    if (count > 0) this.log.info({ count }, 'windows were kept long enough, and are removed with their waves');
  }

  private async removeVersions(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.config.LAMP_VERSION_DAYS * DAY_MS);
    let count = 0;
    for (let removed = VERSIONS; removed === VERSIONS; count += removed)
      removed = await this.db.transaction((tx) => this.store.removeVersions(tx, before, VERSIONS));
    count += await this.db.transaction((tx) => this.store.removePolicies(tx, before));
    if (count > 0) this.log.info({ count }, 'versions of policies, windows and groups were kept long enough');
  }
}
