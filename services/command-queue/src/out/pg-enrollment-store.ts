import type { Tx } from '@lamplighter/runtime';
import type { Enrollment } from '../domain/enrollment.ts';
import { EnrollmentStore, type NewEnrollment } from '../ports.ts';
import * as sql from './sql/enrollment.ts';

export class PgEnrollmentStore extends EnrollmentStore {
  override async lock(tx: Tx, tenant: string, deviceId: string): Promise<Enrollment | undefined> {
    const [row] = await tx.query<sql.EnrollmentRecord>(sql.lock, [tenant, deviceId]);
    if (row === undefined) return undefined;
    return {
      tenant: row.tenant,
      deviceId: row.device_id,
      kind: row.kind as Enrollment['kind'],
      parentId: row.parent_id,
      status: row.status as Enrollment['status'],
      topic: row.topic,
      certificateHash: row.certificate_hash,
      generation: row.generation,
      facts: row.facts,
      reachable: row.reachable,
      bootstrapToken: row.bootstrap_token,
    };
  }

  override async channels(tx: Tx, tenant: string, deviceId: string): Promise<string[]> {
    return (await tx.query<{ device_id: string }>(sql.channels, [tenant, deviceId])).map((row) => row.device_id);
  }

  override async absent(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<string[]> {
    return (await tx.query<{ device_id: string }>(sql.absent, [tenant, deviceIds])).map((row) => row.device_id);
  }

  override async isPinnedElsewhere(
    tx: Tx,
    tenant: string,
    deviceId: string,
    certificateHash: string,
  ): Promise<boolean> {
    const [row] = await tx.query<{ pinned: boolean }>(sql.isPinnedElsewhere, [tenant, deviceId, certificateHash]);
    return row!.pinned;
  }

  override async begin(tx: Tx, enrollment: NewEnrollment): Promise<void> {
    const { tenant, deviceId, kind, parentId, topic, certificateHash, generation, facts, at } = enrollment;
    const values = [tenant, deviceId, kind, parentId, topic, certificateHash, generation, JSON.stringify(facts), at];
    await tx.query(sql.begin, values);
  }

  override async refresh(tx: Tx, enrollment: NewEnrollment): Promise<void> {
    const { tenant, deviceId, topic, facts, at } = enrollment;
    await tx.query(sql.refresh, [tenant, deviceId, topic, JSON.stringify(facts), at]);
  }

  override async setTokens(
    tx: Tx,
    of: { tenant: string; deviceId: string },
    tokens: { topic: string; pushAddress: Buffer; unlockToken: Buffer | null },
    at: Date,
  ): Promise<void> {
    const values = [of.tenant, of.deviceId, tokens.topic, tokens.pushAddress, tokens.unlockToken, at];
    await tx.query(sql.setTokens, values);
  }

  override async setBootstrapToken(
    tx: Tx,
    of: { tenant: string; deviceId: string },
    sealed: Buffer | null,
  ): Promise<void> {
    await tx.query(sql.setBootstrapToken, [of.tenant, of.deviceId, sealed]);
  }

  override async leave(tx: Tx, tenant: string, deviceIds: readonly string[], at: Date): Promise<void> {
    await tx.query(sql.leave, [tenant, deviceIds, at]);
  }

  override async markGone(tx: Tx, tenant: string, gone: readonly { deviceId: string; goneAt: Date }[]): Promise<void> {
    await tx.query(sql.markGone, [tenant, gone.map((one) => one.deviceId), gone.map((one) => one.goneAt)]);
  }
}
