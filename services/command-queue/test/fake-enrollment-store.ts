import type { Tx } from '@lamplighter/runtime';
import type { Enrollment } from '../src/domain/enrollment.ts';
import { EnrollmentStore } from '../src/ports/enrollments.ts';
import type { NewEnrollment, UpdatedTokens } from '../src/ports/enrollments.ts';
import { type EnrollmentRow, type FakeQueue, keyOf } from './fake-queue.ts';

export class FakeEnrollmentStore extends EnrollmentStore {
  constructor(private readonly queue: FakeQueue) {
    super();
  }

  override async takeTurn(): Promise<void> {}

  override async lock(_tx: Tx, tenant: string, deviceId: string): Promise<Enrollment | undefined> {
    const row = this.queue.enrollments.get(keyOf({ tenant, deviceId }));
    return row && { ...row };
  }

  override async channels(_tx: Tx, tenant: string, deviceId: string): Promise<string[]> {
    return [...this.queue.enrollments.values()]
      .filter((row) => row.tenant === tenant && row.parentId === deviceId && row.status !== 'left')
      .map((row) => row.deviceId)
      .toSorted();
  }

  override async absent(_tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<string[]> {
    const statusOf = (deviceId: string) => this.queue.enrollments.get(keyOf({ tenant, deviceId }))?.status ?? 'left';
    return deviceIds.filter((deviceId) => statusOf(deviceId) === 'left');
  }

  override async isPinnedElsewhere(_tx: Tx, tenant: string, deviceId: string, hash: string): Promise<boolean> {
    return [...this.queue.enrollments.values()].some(
      (row) =>
        row.certificateHash === hash &&
        !(row.tenant === tenant && (row.deviceId === deviceId || row.parentId === deviceId)),
    );
  }

  override async begin(_tx: Tx, { at, ...enrollment }: NewEnrollment): Promise<void> {
    this.queue.enrollments.set(keyOf(enrollment), {
      ...enrollment,
      status: 'authenticated',
      reachable: false,
      bootstrapToken: null,
      pushAddress: null,
      unlockToken: null,
      tokenUpdatedAt: null,
      tokenUpdateTally: 0,
      goneAt: null,
      awaitingConfiguration: false,
      changedAt: at,
    });
  }

  override async refresh(_tx: Tx, { topic, facts, ...of }: NewEnrollment): Promise<void> {
    Object.assign(this.row(of), { topic, facts });
  }

  override async setTokens(
    _tx: Tx,
    of: { tenant: string; deviceId: string },
    tokens: UpdatedTokens,
    at: Date,
  ): Promise<void> {
    const row = this.row(of);
    Object.assign(row, {
      ...tokens,
      awaitingConfiguration: tokens.awaitingConfiguration ?? false,
      pushAddress: tokens.pushAddress ?? row.pushAddress,
      unlockToken: tokens.unlockToken ?? row.unlockToken,
      status: 'enrolled',
      reachable: true,
      goneAt: null,
      tokenUpdatedAt: at,
      changedAt: at,
      tokenUpdateTally: row.tokenUpdateTally + 1,
    });
  }

  override async movePin(_tx: Tx, of: { tenant: string; deviceId: string }, certificateHash: string): Promise<void> {
    for (const row of this.queue.enrollments.values()) {
      const isIts = row.deviceId === of.deviceId || row.parentId === of.deviceId;
      if (row.tenant === of.tenant && isIts && row.status !== 'left') row.certificateHash = certificateHash;
    }
  }

  override async noteCertificateEnd(_tx: Tx, of: { tenant: string; deviceId: string }, endsAt: Date): Promise<void> {
    this.row(of).certificateEndsAt = endsAt;
  }

  override async setAwaitingConfiguration(
    _tx: Tx,
    of: { tenant: string; deviceId: string },
    awaiting: boolean,
  ): Promise<void> {
    this.row(of).awaitingConfiguration = awaiting;
  }

  override async takeToken(
    _tx: Tx,
    of: { tenant: string; deviceId: string },
    perHour: number,
    now: Date,
  ): Promise<boolean> {
    const row = this.row(of);
    const until = Math.max(row.tokensUntil?.getTime() ?? 0, now.getTime()) + 3_600_000 / perHour;
    if (until > now.getTime() + 3_600_010) return false;
    row.tokensUntil = new Date(until);
    return true;
  }

  override async setBootstrapToken(
    _tx: Tx,
    of: { tenant: string; deviceId: string },
    sealed: Buffer | null,
  ): Promise<void> {
    this.row(of).bootstrapToken = sealed;
  }

  override async leave(_tx: Tx, tenant: string, deviceIds: readonly string[], at: Date): Promise<void> {
    for (const deviceId of deviceIds) {
      const tokens = { pushAddress: null, unlockToken: null, bootstrapToken: null };
      const gone = { status: 'left', changedAt: at, reachable: false, awaitingConfiguration: false, ...tokens };
      Object.assign(this.row({ tenant, deviceId }), gone);
    }
  }

  override async markGone(_tx: Tx, tenant: string, gone: readonly { deviceId: string; goneAt: Date }[]): Promise<void> {
    for (const { deviceId, goneAt } of gone) {
      const row = this.queue.enrollments.get(keyOf({ tenant, deviceId }));
      if (row?.tokenUpdatedAt && row.tokenUpdatedAt < goneAt) Object.assign(row, { goneAt, reachable: false });
    }
  }

  private row(of: { tenant: string; deviceId: string }): EnrollmentRow {
    const row = this.queue.enrollments.get(keyOf(of));
    if (row === undefined) throw new Error(`no enrollment ${keyOf(of)}`);
    return row;
  }
}
