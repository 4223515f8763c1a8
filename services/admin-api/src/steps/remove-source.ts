import type { Source } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { noSource } from '../domain/source.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { SourceStore, SourceTally } from '../ports/sources.ts';

/** Removes a source. Its devices stay known, and what waits for them waits until its expiry. Throws AppError `source.not-found`. */
@Injectable()
export class RemoveSource {
  constructor(
    private readonly sources: SourceStore,
    private readonly tally: SourceTally,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** As it was. */
  async run(caller: Caller, name: string): Promise<Source> {
    const key = { tenant: caller.tenant, name };
    const known = await this.sources.find(key);
    if (!known || !(await this.sources.remove(key))) throw noSource(name);
    await this.tally.forget(key);
    const detail = { url: known.url, devices: known.devices };
    await this.audit.add({ caller, at: this.clock.now(), action: 'source.remove', subject: name, detail });
    return known;
  }
}
