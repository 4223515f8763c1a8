import { Clock, Database, EachAlone, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ManifestStore } from '../ports/manifests.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

/** Goes through the manifests of sets that changed, a page at a time; what has been done is noted with it. */
@Injectable()
export class RenewManifests {
  private readonly each: EachAlone<{ tenant: string }>;

  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly manifests: ManifestStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.each = new EachAlone(log, 'manifests of changed sets could not be renewed', ['tenant']);
  }

  /** A page of each tenant. True while there may be more. */
  async run(): Promise<boolean> {
    let more = false;
    const tenants = (await this.manifests.tenantsWithChanges()).map((tenant) => ({ tenant }));
    await this.each.run(tenants, async ({ tenant }) => {
      const now = this.clock.now();
      const renewed = await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        return this.arrange.renewNext(tx, tenant, now);
      });
      more ||= renewed;
    });
    return more;
  }
}
