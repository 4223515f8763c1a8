import { derivedUuid, type NewDeclaration } from '@lamplighter/contracts';
import { CONFIG, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { presumedTypes } from '../domain/presumed.ts';
import { causeSetId, SUBSCRIPTIONS_CAUSE } from '../domain/sets.ts';
import { type Subscriber, subscriptionsOf } from '../domain/subscriptions.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import type { KnownDevice } from '../ports/devices.ts';
import { ReportStore } from '../ports/reports.ts';
import { ArrangeDevices } from './arrange-devices.ts';
import { AssignDeclarations, type Assignment } from './assign-declarations.ts';

export type Equipped = Subscriber &
  Pick<KnownDevice, 'deviceId' | 'isOurs' | 'subscriptions' | 'hasCapabilities' | 'presumedId'>;

interface Presumed {
  deviceId: string;
  capabilitiesId: string;
  declarations: string[];
}

/** What devices have by their OS alone: status subscriptions, and until they tell their capabilities those of every device of that OS. */
@Injectable()
export class EquipDevices {
  constructor(
    private readonly reports: ReportStore,
    private readonly assignments: AssignmentStore,
    private readonly assignDeclarations: AssignDeclarations,
    private readonly arrange: ArrangeDevices,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether `run` would change anything for a device. */
  isDue(tenant: string, device: Equipped): boolean {
    return this.lacking(tenant, device) !== undefined || presumedOf([device]).length > 0;
  }

  /**
   * In the tenant's turn. Devices of other servers get theirs with their next sync, if that comes here: nobody but their server wakes
   * them. Of a device that is named twice the last counts.
   */
  async run(tx: Tx, tenant: string, all: readonly Equipped[], now: Date): Promise<void> {
    const devices = [...new Map(all.map((one) => [one.deviceId, one])).values()];
    const presumed = presumedOf(devices);
    await this.presume(tx, tenant, presumed);
    const isPresumed = new Set(presumed.map(({ deviceId }) => deviceId));
    for (const isOurs of [true, false]) {
      const own = devices.filter((one) => one.isOurs === isOurs);
      const tell = isOurs ? 'changed' : 'none';
      const orders = own.flatMap((one): Assignment[] => {
        const declarations = this.lacking(tenant, one);
        if (declarations === undefined) return [];
        return [{ cause: SUBSCRIPTIONS_CAUSE, declarations, devices: [one.deviceId], sentAt: now }];
      });
      await this.assignDeclarations.assign(tx, { tenant, orders: together(orders), tell }, now);
      const deviceIds = own.map(({ deviceId }) => deviceId).filter((id) => isPresumed.has(id));
      await this.arrange.run(tx, { tenant, deviceIds, tell }, now);
    }
  }

  private async presume(tx: Tx, tenant: string, presumed: readonly Presumed[]): Promise<void> {
    if (presumed.length === 0) return;
    const distinct = new Map(presumed.map((one) => [one.capabilitiesId, { ...one, tenant, statusItems: [] }]));
    await this.reports.addCapabilities(tx, [...distinct.values()]);
    await this.assignments.presumeCapabilities(tx, tenant, presumed);
  }

  /** The subscriptions that a device is to have and has not; undefined where there are none. */
  private lacking(tenant: string, device: Equipped): NewDeclaration[] | undefined {
    const wanted = this.config.LAMP_DDM_SUBSCRIPTIONS === 'off' ? undefined : subscriptionsOf(device);
    if (wanted === undefined) return undefined;
    const identifiers = wanted.map(({ identifier }) => identifier);
    return causeSetId(tenant, SUBSCRIPTIONS_CAUSE, identifiers) === device.subscriptions ? undefined : wanted;
  }
}

/** What is to be presumed of those of which it is not already; nothing of devices that have told it, or whose OS is not known. */
function presumedOf(devices: readonly Equipped[]): Presumed[] {
  const known = new Map<string, Omit<Presumed, 'deviceId'> | undefined>();
  return devices.flatMap(({ deviceId, presumedId, hasCapabilities, ...of }) => {
    if (hasCapabilities) return [];
    const key = `${of.platform} ${of.osVersion} ${of.kind}`;
    if (!known.has(key)) known.set(key, capabilitiesOf(of));
    const found = known.get(key);
    return found === undefined || found.capabilitiesId === presumedId ? [] : [{ deviceId, ...found }];
  });
}

function capabilitiesOf(of: Subscriber): Omit<Presumed, 'deviceId'> | undefined {
  const declarations = presumedTypes(of);
  if (declarations === undefined) return undefined;
  return { declarations, capabilitiesId: derivedUuid('presumed-capabilities', ...declarations) };
}

/** Devices with the same declarations share one order. */
function together(orders: readonly Assignment[]): Assignment[] {
  const groups = Map.groupBy(orders, ({ declarations }) => declarations[0]!.identifier);
  return [...groups.values()].map((group) => ({ ...group[0]!, devices: group.flatMap(({ devices }) => devices) }));
}
