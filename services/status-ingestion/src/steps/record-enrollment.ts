import { deviceInformation, plistDictFragment } from '@lamplighter/apple';
import { commandEnqueue, derivedUuid, message, Priority } from '@lamplighter/contracts';
import type { deviceEnrolled, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Outbox } from '@lamplighter/runtime';
import type { Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { deviceFacts } from '../domain/device-facts.ts';
import { newestPerDevice } from '../domain/newest.ts';
import { DeviceStore } from '../ports/devices.ts';
import type { DeviceKey, Enrollment } from '../ports/devices.ts';

type EnrolledItem = ItemOf<typeof deviceEnrolled>;

const MAX_COMMANDS = 1000;
const HOUR_MS = 3_600_000;

/** Keeps who is enrolled, and asks each newly enrolled device what it is. */
@Injectable()
export class RecordEnrollment {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly devices: DeviceStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** User channels are no devices and pass by. */
  async run(batch: readonly Message<EnrolledItem>[]): Promise<void> {
    const enrollments = newestPerDevice(batch.flatMap(enrollmentsOf), (one) => one.generation);
    if (enrollments.length === 0) return;
    await this.db.transaction(async (tx) => {
      const now = this.clock.now();
      const added = await this.devices.enroll(tx, enrollments, now);
      const generations = new Map(enrollments.map((one) => [keyOf(one), one.generation]));
      for (const tenant of new Set(added.map((one) => one.tenant))) {
        const asked = added.filter((one) => one.tenant === tenant);
        await this.askInventory(
          tx,
          tenant,
          asked.map((one) => ({
            deviceId: one.deviceId,
            commandId: inventoryCommandId(one, generations.get(keyOf(one)) ?? 0),
          })),
          now,
        );
      }
    });
  }

  private async askInventory(
    tx: Tx,
    tenant: string,
    commands: readonly { deviceId: string; commandId: string }[],
    now: Date,
  ): Promise<void> {
    const command = plistDictFragment(deviceInformation());
    const bodyId = derivedUuid('command-body', command);
    const expiresAt = new Date(now.getTime() + this.config.LAMP_INVENTORY_EXPIRY_HOURS * HOUR_MS);
    for (let start = 0; start < commands.length; start += MAX_COMMANDS) {
      const part = commands.slice(start, start + MAX_COMMANDS);
      const id = derivedUuid('inventory', tenant, ...part.map((one) => one.commandId));
      const group = {
        cause: 'inventory',
        priority: Priority.inventory,
        expiresAt: expiresAt.toISOString(),
        bodies: [{ bodyId, requestType: 'DeviceInformation', command }],
        commands: part.map((one) => ({ ...one, bodyId })),
      };
      await this.outbox.stage(tx, commandEnqueue, message(commandEnqueue, { id, tenant, at: now }, [group]), id);
    }
  }
}

function enrollmentsOf({ tenant, items }: Message<EnrolledItem>): Enrollment[] {
  return items
    .filter(({ kind, parentId }) => (kind === 'device' || kind === 'user-enrollment') && parentId === undefined)
    .map(({ deviceId, generation, at, facts }) => ({
      tenant,
      deviceId,
      generation,
      at: new Date(at),
      facts: deviceFacts(facts),
    }));
}

function keyOf({ tenant, deviceId }: DeviceKey): string {
  return `${tenant}\0${deviceId}`;
}

function inventoryCommandId({ tenant, deviceId }: DeviceKey, generation: number): string {
  return derivedUuid('inventory', tenant, deviceId, generation);
}
