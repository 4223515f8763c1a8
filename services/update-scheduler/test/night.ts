import { type DeclaredStatus, type Observation, type PolicyInput, PolicySpec } from '@lamplighter/contracts';
import { TestClock, type TestDatabase } from '@lamplighter/testing';
import { FEED } from './night/feed.ts';
import { NightStory } from './night/story.ts';

export const TENANT = 'default';
const MINUTE = 60_000;

export interface Device {
  id: string;
  platform?: string;
  os?: string | null;
  model?: string | null;
  zone?: string | null;
  supervised?: boolean | null;
}

/** One installation's update brain on a database of its own, with hands on its clock. */
export class Night extends NightStory {
  /** On an emptied database, with a catalogue. */
  static async begin(
    database: TestDatabase,
    env: Record<string, string> = {},
    at = '2026-11-20T02:00:00Z',
  ): Promise<Night> {
    await database.admin.query({
      text: `TRUNCATE status_ingestion.device, status_ingestion.device_ddm, update_scheduler.policy, update_scheduler.tenant_state, update_scheduler.window,
        update_scheduler.device_group, update_scheduler.spec_version, update_scheduler.release, update_scheduler.release_device,
        update_scheduler.improvement_device, update_scheduler.catalog_product, update_scheduler.catalog_source,
        update_scheduler.rollout, update_scheduler.ring, update_scheduler.pacer, update_scheduler.occurrence, update_scheduler.wave, update_scheduler.device_update,
        update_scheduler.update_event, update_scheduler.outbox`,
    });
    const night = new Night(database, new TestClock(at), env);
    await night.importCatalog.run('test', FEED);
    return night;
  }

  policy(input: Partial<PolicyInput> = {}, policyId?: string) {
    const spec = PolicySpec.parse({ name: 'nightly', pace: { devicesPerMinute: 60_000, spread: 0 }, ...input });
    return this.putPolicy.run({ tenant: TENANT, spec, ...(policyId === undefined ? {} : { policyId }) });
  }

  async devices(...devices: Device[]): Promise<void> {
    for (const {
      id,
      platform = 'iOS',
      os = '18.1',
      model = platform === 'macOS' ? 'J414sAP' : 'iPhone15,2',
      zone = null,
      supervised = true,
    } of devices) {
      await this.database.admin.query(
        {
          text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, product_name, os_version, os_version_key,
                        is_supervised, software_update_device_id, time_zone, updated_at)
                 SELECT $1, $2, true, 1, $3, $4, $5, (p[1] * 1000000 + coalesce(p[2], 0) * 1000 + coalesce(p[3], 0))::bigint, $6, $7, $8, $9
                   FROM (SELECT string_to_array($5, '.')::int[] AS p) v
                 ON CONFLICT (tenant, device_id) DO UPDATE SET os_version = EXCLUDED.os_version, os_version_key = EXCLUDED.os_version_key,
                        is_supervised = EXCLUDED.is_supervised, updated_at = EXCLUDED.updated_at`,
        },
        [
          TENANT,
          id,
          platform,
          platform === 'macOS' ? null : model,
          os,
          supervised,
          platform === 'macOS' ? model : null,
          zone,
          this.clock.now(),
        ],
      );
    }
  }

  /** These have said that they take enforcements by declaration (or, with `false`, that they do not). */
  async declaring(takes: boolean, ...ids: string[]): Promise<void> {
    await this.database.admin.query(
      {
        text: `INSERT INTO status_ingestion.device_ddm (tenant, device_id, state, reported_at, supports_enforcement, updated_at)
               SELECT $1, id, '{}', $3, $4, $3 FROM unnest($2::text[]) AS id`,
      },
      [TENANT, ids, this.clock.now(), takes],
    );
    await this.database.admin.query(
      { text: `UPDATE status_ingestion.device SET enrolled_at = $2 WHERE device_id = ANY($1)` },
      [ids, new Date(this.clock.now().getTime() - 86_400_000)],
    );
  }

  /** Opens what is due and plans it. */
  async openAndPlan(): Promise<void> {
    await this.openWindow.run();
    for (const { occurrenceId } of await this.occurrences())
      await this.planRollout.run({ tenant: TENANT, occurrenceId });
  }

  /** The whole start of a window: open, plan, release all waves that are due. */
  async start(): Promise<void> {
    await this.openAndPlan();
    while (await this.releaseWave.run());
  }

  minutes(count: number): void {
    this.clock.advance(count * MINUTE);
  }

  /** The device answers its outstanding command; returns the request type of the command that follows. */
  async answer(deviceId: string, observation: Observation): Promise<string | undefined> {
    const { commandId } = await this.row(deviceId);
    await this.advanceUpdates.run(TENANT, [
      { deviceId, commandId: commandId ?? undefined, at: this.clock.now(), what: observation },
    ]);
    const after = await this.row(deviceId);
    return after.commandId === null || after.commandId === commandId
      ? undefined
      : (await this.lastCommand(deviceId)).requestType;
  }

  /** The queue took back its outstanding command, or that one. */
  async revoked(deviceId: string, id?: string): Promise<void> {
    const commandId = id ?? (await this.row(deviceId)).commandId!;
    const what = { kind: 'ended', outcome: 'revoked', handedOver: false, notNowCount: 0 } as const;
    await this.advanceUpdates.run(TENANT, [{ deviceId, commandId, at: this.clock.now(), what }]);
  }

  async expire(deviceId: string, handedOver: boolean, notNowCount = 0): Promise<void> {
    const { commandId } = await this.row(deviceId);
    await this.advanceUpdates.run(TENANT, [
      {
        deviceId,
        commandId: commandId!,
        at: this.clock.now(),
        what: { kind: 'ended', outcome: handedOver ? 'unanswered' : 'expired', handedOver, notNowCount },
      },
    ]);
  }

  /** The device tells where its update by declaration stands. */
  async reports(deviceId: string, status: Partial<DeclaredStatus>): Promise<void> {
    await this.advanceUpdates.run(TENANT, [
      { deviceId, at: this.clock.now(), what: { kind: 'declared-status', ...status } },
    ]);
  }
}
