import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type Manifest, manifestOf } from '../domain/manifest.ts';
import type { Arranged, Combination, NewAssignment, Telling, ToldDevice } from '../ports/assignments.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import { DeclarationStore } from '../ports/declarations.ts';
import type { ChangedSets, StoredManifest } from '../ports/manifests.ts';
import { ManifestStore } from '../ports/manifests.ts';
import { TellDevices } from './tell-devices.ts';

/** Manifests of one transaction: others wait no longer than that for their turn. */
const PAGE = 500;

/** Keeps what devices have in line with what is assigned to them, in the transaction of whoever changed that, in the tenant's turn. */
@Injectable()
export class ArrangeDevices {
  constructor(
    private readonly declarations: DeclarationStore,
    private readonly assignments: AssignmentStore,
    private readonly manifests: ManifestStore,
    private readonly tellDevices: TellDevices,
  ) {}

  /** Their assignments or capabilities changed. */
  async run(tx: Tx, of: { tenant: string; deviceIds: readonly string[]; tell: Telling }, now: Date): Promise<void> {
    if (of.deviceIds.length === 0) return;
    const told = await this.completed(tx, of, await this.assignments.arrange(tx, of, now), now);
    await this.tellDevices.run(tx, of.tenant, told, now);
  }

  /** Assigns causes' own sets to devices of which none is named twice, and arranges those. */
  async give(
    tx: Tx,
    { tenant, assignments, tell }: { tenant: string; assignments: readonly NewAssignment[]; tell: Telling },
    now: Date,
  ): Promise<void> {
    const told: ToldDevice[] = [];
    for (const one of assignments) {
      const { deviceIds } = one;
      const first = await this.assignments.give(tx, { ...one, tenant, tell }, now);
      told.push(...(await this.completed(tx, { tenant, deviceIds, tell }, first, now)));
    }
    await this.tellDevices.run(tx, tenant, told, now);
  }

  /** Whom to tell, once the manifests that are missing are made. */
  private async completed(
    tx: Tx,
    of: { tenant: string; deviceIds: readonly string[]; tell: Telling },
    { told, missing }: Arranged,
    now: Date,
  ): Promise<ToldDevice[]> {
    if (missing.length === 0) return told;
    await this.manifests.put(tx, of.tenant, await this.made(tx, of.tenant, missing, now), now);
    const already = new Set(told.map(({ deviceId }) => deviceId));
    const left = of.deviceIds.filter((deviceId) => !already.has(deviceId));
    return told.concat((await this.assignments.arrange(tx, { ...of, deviceIds: left }, now)).told);
  }

  /**
   * These sets, or declarations of theirs, changed. Their devices are told bit by bit, by the clock; manifests that are more than a page
   * are made anew by it too, and a device has what it had until its manifest's turn.
   */
  async renew(
    tx: Tx,
    { tenant, tell, ...of }: ChangedSets & { tenant: string; tell: boolean },
    now: Date,
  ): Promise<void> {
    if (of.setIds?.length === 0 || of.identifiers?.length === 0) return;
    const stored = await this.manifests.ofSets(tx, tenant, of, PAGE);
    if (stored === undefined) return this.manifests.noteChangedSets(tx, tenant, of, { tell });
    const changed = await this.madeAnew(tx, tenant, stored, now);
    if (tell) await this.manifests.markChanged(tx, tenant, changed);
  }

  /** The next page of manifests whose sets changed. False where none was left. */
  async renewNext(tx: Tx, tenant: string, now: Date): Promise<boolean> {
    const page = await this.manifests.takeRenewal(tx, tenant, PAGE);
    if (page === undefined) return false;
    await this.madeAnew(tx, tenant, page, now);
    // Also those that another change has made anew since: who of their devices was told, their tokens tell.
    const told = Map.groupBy(
      page.filter(({ tell }) => tell),
      ({ askedAt }) => askedAt?.getTime(),
    );
    for (const [at, some] of told) {
      const ids = some.map(({ manifestId }) => manifestId);
      await this.manifests.markChanged(tx, tenant, ids, at === undefined ? null : new Date(at));
    }
    return true;
  }

  /** Ids of those that became others. */
  private async madeAnew(tx: Tx, tenant: string, stored: readonly StoredManifest[], now: Date): Promise<string[]> {
    const former = new Map(stored.map((one) => [one.manifestId, one.declarationsToken]));
    const made = await this.made(tx, tenant, stored, now);
    const changed = made.filter((one) => one.declarationsToken !== former.get(one.manifestId));
    await this.manifests.put(tx, tenant, changed, now);
    return changed.map(({ manifestId }) => manifestId);
  }

  private async made(
    tx: Tx,
    tenant: string,
    combinations: readonly Combination[],
    now: Date,
  ): Promise<(Combination & Manifest)[]> {
    if (combinations.length === 0) return [];
    const setIds = [...new Set(combinations.flatMap((one) => one.setIds))];
    const members = Map.groupBy(await this.declarations.members(tx, tenant, setIds), ({ setId }) => setId);
    const takes = await this.manifests.takes(tx, tenant, [
      ...new Set(combinations.flatMap(({ capabilitiesId }) => capabilitiesId ?? [])),
    ]);
    return combinations.map(({ manifestId, setIds: own, capabilitiesId }) => ({
      manifestId,
      setIds: own,
      capabilitiesId,
      ...manifestOf(
        own.flatMap((setId) => members.get(setId) ?? []),
        capabilitiesId === null ? undefined : takes.get(capabilitiesId),
        now,
      ),
    }));
  }
}
