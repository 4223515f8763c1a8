import type { Tx } from '@lamplighter/runtime';
import type { Enrollment } from '../domain/enrollment.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';
import type { NewEnrollment, UpdatedTokens } from '../ports/enrollments.ts';
import * as sql from './sql/enrollment.ts';

export class PgEnrollmentStore extends EnrollmentStore {
  override async takeTurn(tx: Tx, tenant: string, deviceId: string): Promise<void> {
    await tx.query(sql.takeTurn, [tenant, deviceId]);
  }

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
      source: row.source,
      generation: row.generation,
      facts: row.facts,
      reachable: row.reachable,
      bootstrapToken: row.bootstrap_token,
      tokenUpdateTally: row.token_update_tally,
      changedAt: row.changed_at,
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
    // A statement of its own: the next one sees what was committed while this one waited.
    await tx.query(sql.lockCertificate, [certificateHash]);
    const [row] = await tx.query<{ pinned: boolean }>(sql.isPinnedElsewhere, [tenant, deviceId, certificateHash]);
    return row!.pinned;
  }

  override async begin(tx: Tx, enrollment: NewEnrollment): Promise<void> {
    const { tenant, deviceId, kind, parentId, topic, certificateHash, generation, facts, at, source } = enrollment;
    const pinned = [topic, certificateHash, generation, JSON.stringify(facts), at, source];
    await tx.query(sql.begin, [tenant, deviceId, kind, parentId, ...pinned]);
  }

  override async refresh(tx: Tx, enrollment: NewEnrollment): Promise<void> {
    const { tenant, deviceId, topic, facts, at } = enrollment;
    await tx.query(sql.refresh, [tenant, deviceId, topic, JSON.stringify(facts), at]);
  }

  override async setTokens(
    tx: Tx,
    of: { tenant: string; deviceId: string },
    tokens: UpdatedTokens,
    at: Date,
  ): Promise<void> {
    const { topic, pushAddress, unlockToken, awaitingConfiguration = false, notOnConsole = null } = tokens;
    const { userShortName = null, userLongName = null } = tokens;
    const said = [topic, pushAddress, unlockToken, awaitingConfiguration, notOnConsole, userShortName, userLongName];
    await tx.query(sql.setTokens, [of.tenant, of.deviceId, at, ...said]);
  }

  override async movePin(tx: Tx, of: { tenant: string; deviceId: string }, certificateHash: string): Promise<void> {
    await tx.query(sql.movePin, [of.tenant, of.deviceId, certificateHash]);
  }

  override async noteCertificateEnd(tx: Tx, of: { tenant: string; deviceId: string }, endsAt: Date): Promise<void> {
    await tx.query(sql.noteCertificateEnd, [of.tenant, of.deviceId, endsAt]);
  }

  override async setAwaitingConfiguration(
    tx: Tx,
    of: { tenant: string; deviceId: string },
    awaiting: boolean,
  ): Promise<void> {
    await tx.query(sql.setAwaitingConfiguration, [of.tenant, of.deviceId, awaiting]);
  }

  override async takeToken(
    tx: Tx,
    of: { tenant: string; deviceId: string },
    perHour: number,
    now: Date,
  ): Promise<boolean> {
    return (await tx.query(sql.takeToken, [of.tenant, of.deviceId, perHour, now])).length === 1;
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
