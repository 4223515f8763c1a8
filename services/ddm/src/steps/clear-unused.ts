import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ManifestStore, Turns } from '../ports.ts';

/** For as long an older order may still arrive. */
const KEPT_MS = 2 * 86_400_000;

/** Forgets what no device has any more. */
@Injectable()
export class ClearUnused {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly manifests: ManifestStore,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    for (const tenant of await this.manifests.tenants()) {
      await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        await this.manifests.clear(tx, tenant, before);
      });
    }
  }
}
