import { Clock, Database, EachAlone, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ManifestStore } from '../ports/manifests.ts';
import { Turns } from '../ports/turns.ts';
import { TellDevices } from './tell-devices.ts';

const PAGE = 1000;

/** Goes through the devices of manifests that changed, a page at a time. */
@Injectable()
export class TellOfChanges {
  private readonly each: EachAlone<{ tenant: string }>;

  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly manifests: ManifestStore,
    private readonly tellDevices: TellDevices,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.each = new EachAlone(log, 'devices of changed manifests could not be told', ['tenant']);
  }

  /** A page of each tenant. True while there may be more. */
  async run(): Promise<boolean> {
    let more = false;
    const tenants = (await this.manifests.tenantsWithChanges()).map((tenant) => ({ tenant }));
    await this.each.run(tenants, async ({ tenant }) => {
      const now = this.clock.now();
      const told = await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        const devices = await this.manifests.takeChanged(tx, tenant, PAGE, now);
        await this.tellDevices.run(tx, tenant, devices ?? [], now);
        return devices;
      });
      more ||= told !== undefined;
    });
    return more;
  }
}
