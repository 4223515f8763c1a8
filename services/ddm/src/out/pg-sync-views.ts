import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { EMPTY_TOKEN } from '../domain/manifest.ts';
import type { Asked, Found } from '../ports/sync.ts';
import { SyncViews } from '../ports/sync.ts';
import { readSync } from './sql/sync.ts';

@Injectable()
export class PgSyncViews extends SyncViews {
  constructor(private readonly db: Database) {
    super();
  }

  override read(asked: readonly Asked[], now: Date): Promise<Found[]> {
    return this.db.query<Found>(readSync, [
      asked.map((one) => one.tenant),
      asked.map((one) => one.deviceId),
      asked.map((one) => one.endpoint),
      asked.map((one) => one.kind),
      asked.map((one) => one.identifier),
      now,
      EMPTY_TOKEN,
      asked.map((one) => one.certificateHash),
      asked.map((one) => one.source),
    ]);
  }
}
