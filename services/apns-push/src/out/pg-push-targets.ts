import { AppError, PushAddress, pushAddressContext } from '@lamplighter/contracts';
import { Database, Log, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { PushJob } from '../domain/push.ts';
import { PushTargets } from '../ports.ts';
import type { PushTarget } from '../ports.ts';
import { findTargets } from './sql/find-targets.ts';

interface Row {
  /** Of the job, from 1. */
  place: number;
  topic: string;
  sealedAddress: Buffer;
}

@Injectable()
export class PgPushTargets extends PushTargets {
  constructor(
    private readonly db: Database,
    private readonly sealer: Sealer,
    private readonly log: Log,
  ) {
    super();
  }

  override async find(jobs: readonly PushJob[]): Promise<(PushTarget | undefined)[]> {
    const rows = await this.db.query<Row>(findTargets, [
      jobs.map((job) => job.tenant),
      jobs.map((job) => job.deviceId),
    ]);
    const targets = Array.from<PushTarget | undefined>({ length: jobs.length });
    for (const row of rows) targets[row.place - 1] = this.open(jobs[row.place - 1]!, row);
    return targets;
  }

  /** Undefined where it does not open: one damaged address must not hold up the others. */
  private open({ tenant, deviceId }: PushJob, { topic, sealedAddress }: Row): PushTarget | undefined {
    try {
      const plain = this.sealer.open(sealedAddress, pushAddressContext(tenant, deviceId));
      const { token, pushMagic } = PushAddress.parse(JSON.parse(plain.toString()));
      return { topic, token: Buffer.from(token, 'base64').toString('hex'), pushMagic };
    } catch (error) {
      if (error instanceof AppError && error.code !== 'secret.cannot-open') throw error;
      // Without the error itself: a parser's words could quote the address.
      this.log.error({ tenant, deviceId }, "a device's push address does not open; it is not pushed to");
      return undefined;
    }
  }
}
