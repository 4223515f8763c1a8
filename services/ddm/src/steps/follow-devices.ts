import { platformOf } from '@lamplighter/apple';
import type { commandEnded, deviceEnrolled, deviceObserved, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AssignmentStore } from '../ports/assignments.ts';
import type { KnownDevice } from '../ports/devices.ts';
import { Devices } from '../ports/devices.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';
import { EquipDevices, type Equipped } from './equip-devices.ts';
import { CAUSE } from './tell-devices.ts';

type Enrolled = ItemOf<typeof deviceEnrolled>;

const NEVER_CAME: ReadonlySet<string> = new Set(['expired', 'unanswered']);
/** Telling it again would end the same way, until something changes. */
const NOT_TOLD: ReadonlySet<string> = new Set([...NEVER_CAME, 'refused', 'cancelled']);

/** What happens to devices, as far as it matters to what they have: they enroll, are updated, or could not be told. */
@Injectable()
export class FollowDevices {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly assignments: AssignmentStore,
    private readonly devices: Devices,
    private readonly equip: EquipDevices,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  /** A newly enrolled device has nothing: it is told of all that is assigned to it. */
  async enrolled(messages: readonly Message<Enrolled>[]): Promise<void> {
    for (const [tenant, own] of Map.groupBy(messages, (each) => each.tenant)) {
      const items = own.flatMap((each) => each.items);
      const known = new Map((await this.devices.known(tenant, items.map(idOf))).map((one) => [one.deviceId, one]));
      const elsewhere = ({ deviceId }: { deviceId: string }) => known.get(deviceId)?.isOurs === false;
      const now = this.clock.now();
      await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        const begun = new Set(await this.assignments.forget(tx, tenant, items));
        if (begun.size === 0) return;
        const equipped = items.map((item) => {
          const one = equippedOf(item, known.get(item.deviceId));
          // Its capabilities are forgotten; those that it has told since go before what is presumed.
          return begun.has(item.deviceId) ? { ...one, hasCapabilities: false } : one;
        });
        await this.equip.run(tx, tenant, equipped, now);
        const deviceIds = [...begun].filter((deviceId) => !elsewhere({ deviceId }));
        await this.arrange.run(tx, { tenant, deviceIds, tell: 'changed' }, now);
      });
    }
  }

  /** A device of another OS version may report more than before, or anything at all. */
  async observed(messages: readonly Message<ItemOf<typeof deviceObserved>>[]): Promise<void> {
    for (const [tenant, own] of Map.groupBy(messages, (each) => each.tenant)) {
      const ids = own.flatMap(({ items }) => items.filter(({ observation }) => tellsOs(observation)).map(idOf));
      const known = ids.length === 0 ? [] : await this.devices.known(tenant, [...new Set(ids)]);
      if (!known.some((one) => this.equip.isDue(tenant, one))) continue;
      const now = this.clock.now();
      await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        await this.equip.run(tx, tenant, known, now);
      });
    }
  }

  /** A device that was away for all of its command's time is told anew. */
  async ended(messages: readonly Message<ItemOf<typeof commandEnded>>[]): Promise<void> {
    for (const [tenant, own] of Map.groupBy(messages, (each) => each.tenant)) {
      const items = own
        .flatMap((each) => each.items)
        .filter(({ cause, outcome }) => cause === CAUSE && NOT_TOLD.has(outcome));
      if (items.length === 0) continue;
      const missed = items.filter(({ outcome }) => NEVER_CAME.has(outcome));
      const now = this.clock.now();
      await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        await this.assignments.forgetTold(tx, tenant, items.map(idOf));
        await this.arrange.run(tx, { tenant, deviceIds: missed.map(idOf), tell: 'changed' }, now);
      });
    }
  }
}

const idOf = ({ deviceId }: { deviceId: string }): string => deviceId;

/** What it said as it enrolled is newer than what is known; a user channel says nothing of the OS. */
function equippedOf({ deviceId, kind, facts }: Enrolled, known: KnownDevice | undefined): Equipped {
  const { isOurs = true, subscriptions = null, hasCapabilities = false, presumedId = null } = known ?? {};
  const said = { platform: platformOf(facts.productName, facts.model), osVersion: facts.osVersion };
  const os = facts.osVersion === undefined ? { platform: known?.platform, osVersion: known?.osVersion } : said;
  return { deviceId, kind, ...os, isOurs, subscriptions, hasCapabilities, presumedId };
}

function tellsOs(observation: ItemOf<typeof deviceObserved>['observation']): boolean {
  return 'osVersion' in observation && observation.osVersion !== undefined;
}
