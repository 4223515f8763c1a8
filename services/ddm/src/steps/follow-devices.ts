import { platformOf } from '@lamplighter/apple';
import type {
  commandEnded,
  deviceEnrolled,
  deviceObserved,
  ItemOf,
  Message,
  NewDeclaration,
} from '@lamplighter/contracts';
import { Clock, CONFIG, Database, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { causeSetId, SUBSCRIPTIONS_CAUSE } from '../domain/sets.ts';
import { type Subscriber, subscriptionsOf } from '../domain/subscriptions.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import { Devices } from '../ports/devices.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';
import { AssignDeclarations, type Assignment } from './assign-declarations.ts';
import { CAUSE } from './tell-devices.ts';

type Enrolled = ItemOf<typeof deviceEnrolled>;
type Known = Subscriber & { deviceId: string; isOurs: boolean; subscriptions: string | null };

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
    private readonly assignDeclarations: AssignDeclarations,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
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
        const subscribers = items.map((item) => ({
          ...subscriberOf(item),
          isOurs: !elsewhere(item),
          subscriptions: known.get(item.deviceId)?.subscriptions ?? null,
        }));
        await this.subscribe(tx, tenant, subscribers, now);
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
      if (!known.some((one) => this.lacking(tenant, one))) continue;
      const now = this.clock.now();
      await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        await this.subscribe(tx, tenant, known, now);
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

  /** Devices of other servers get theirs with their next sync, if that comes here: nobody but their server wakes them. */
  private async subscribe(tx: Tx, tenant: string, devices: readonly Known[], now: Date): Promise<void> {
    for (const isOurs of [true, false]) {
      const orders = devices
        .filter((one) => one.isOurs === isOurs)
        .flatMap((one): Assignment[] => {
          const declarations = this.lacking(tenant, one);
          if (declarations === undefined) return [];
          return [{ cause: SUBSCRIPTIONS_CAUSE, declarations, devices: [one.deviceId], sentAt: now }];
        });
      const tell = isOurs ? 'changed' : 'none';
      await this.assignDeclarations.assign(tx, { tenant, orders: together(orders), tell }, now);
    }
  }

  /** The subscriptions that a device is to have and has not; undefined where there are none. */
  private lacking(tenant: string, device: Known): NewDeclaration[] | undefined {
    const wanted = this.config.LAMP_DDM_SUBSCRIPTIONS === 'off' ? undefined : subscriptionsOf(device);
    if (wanted === undefined) return undefined;
    const identifiers = wanted.map(({ identifier }) => identifier);
    return causeSetId(tenant, SUBSCRIPTIONS_CAUSE, identifiers) === device.subscriptions ? undefined : wanted;
  }
}

const idOf = ({ deviceId }: { deviceId: string }): string => deviceId;

function subscriberOf({ deviceId, kind, facts }: Enrolled): Subscriber & { deviceId: string } {
  return { deviceId, kind, platform: platformOf(facts.productName, facts.model), osVersion: facts.osVersion };
}

function tellsOs(observation: ItemOf<typeof deviceObserved>['observation']): boolean {
  return 'osVersion' in observation && observation.osVersion !== undefined;
}

/** Devices with the same declarations share one order. */
function together(orders: readonly Assignment[]): Assignment[] {
  const groups = Map.groupBy(orders, ({ declarations }) => declarations[0]!.identifier);
  return [...groups.values()].map((group) => ({ ...group[0]!, devices: group.flatMap(({ devices }) => devices) }));
}
