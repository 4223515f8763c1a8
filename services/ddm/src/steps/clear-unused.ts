import { Clock, Database, EachAlone, Log, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { GroupSetStore } from '../ports/group-sets.ts';
import { ManifestStore } from '../ports/manifests.ts';
import { Turns } from '../ports/turns.ts';

/** For as long an older order may still arrive. */
const KEPT_MS = 2 * 86_400_000;
const PAGE = 10_000;

/** Forgets what no device has any more. */
@Injectable()
export class ClearUnused {
  private readonly each: EachAlone<{ tenant: string }>;

  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly manifests: ManifestStore,
    private readonly groupSets: GroupSetStore,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.each = new EachAlone(log, 'what no device has any more could not be forgotten', ['tenant']);
  }

  async run(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    const tenants = (await this.manifests.tenants()).map((tenant) => ({ tenant }));
    await this.each.run(tenants, async ({ tenant }) => {
      const page = (tx: Tx) => this.manifests.clearWithdrawn(tx, tenant, before, PAGE);
      while ((await this.inTurn(tenant, page)) === PAGE);
      while (await this.inTurn(tenant, (tx) => this.manifests.clear(tx, tenant, before, PAGE)));
      await this.inTurn(tenant, (tx) => this.groupSets.clear(tx, tenant, before));
    });
  }

  private inTurn<T>(tenant: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) => {
      await this.turns.take(tx, [tenant]);
      return work(tx);
    });
  }
}
