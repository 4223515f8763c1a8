import type { CommandBody, CommandGroup, CommandRefusal, NewCommand } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { faultsOf } from '../domain/body-faults.ts';
import { type DeviceTraits, unfitTraits } from '../domain/fitness.ts';
import { CommandStore } from '../ports/commands.ts';

/** What somebody sent for at once: a message, or a request. */
export interface Order {
  /** Derived from what was sent: what it causes has the same ids however often it comes. */
  id: string;
  tenant: string;
  sentAt: Date;
  /** Somebody asked for these commands, rather than a service that watches over its own. */
  byPerson: boolean;
  push: boolean;
  /** Who sent it pushes at once: the queue's own pushes begin when that had time to work. */
  senderPushes?: boolean;
  groups: readonly CommandGroup[];
}

/** Commands of one group that share a body. */
export interface Batch {
  order: Order;
  group: CommandGroup;
  body: CommandBody;
  commands: NewCommand[];
}

export interface Refused {
  order: Order;
  group: CommandGroup;
  command: NewCommand;
  requestType: string;
  refusal: CommandRefusal;
}

export interface Judged {
  batches: Batch[];
  refused: Refused[];
}

interface Device {
  tenant: string;
  deviceId: string;
}

/** From here on an order is large. */
const MANY = 200;
const FLEET_MS = 60_000;
/** How many times as long as it took to read them the kinds of a fleet are kept: a large one is read a hundredth of the time. */
const FLEET_TIMES = 100;

/** Takes out what no device may be given: malformed bodies, and what the OS, platform, channel or supervision of a device does not take. */
@Injectable()
export class JudgeCommands {
  private readonly fleets = new Map<string, { untilMs: number; kinds: Promise<DeviceTraits[]> }>();

  constructor(private readonly commands: CommandStore) {}

  async run(tx: Tx, orders: readonly Order[]): Promise<Judged> {
    const sound = judgeBodies(orders);
    const fit = await this.judgeDevices(tx, sound.batches);
    return { batches: fit.batches, refused: [...sound.refused, ...fit.refused] };
  }

  /** Asks what kinds of devices there are; only where one of them is unfit, which of these devices are of that kind. */
  private async judgeDevices(tx: Tx, batches: Batch[]): Promise<Judged> {
    const kinds = await this.kindsOf(tx, batches);
    const isUnfit = ({ body }: Batch, kind: DeviceTraits) => unfitTraits(body.requestType, kind) !== undefined;
    const unfit = batches.filter((batch) => kinds.some((kind) => isUnfit(batch, kind)));
    if (unfit.length === 0) return { batches, refused: [] };
    const suspects = kinds.filter((kind) => unfit.some((batch) => isUnfit(batch, kind)));
    const each = await this.commands.devicesOfTraits(tx, devicesOf(unfit), suspects);
    const traits = new Map(each.map((one) => [`${one.tenant} ${one.deviceId}`, one]));
    const found = unfit.flatMap((batch) =>
      batch.commands.flatMap((command): Refused[] => {
        const own = traits.get(`${batch.order.tenant} ${command.deviceId}`);
        const refusal = own && unfitTraits(batch.body.requestType, own);
        return refusal === undefined ? [] : [refusedOf(batch, command, refusal)];
      }),
    );
    const refused = await this.withoutKnown(tx, found);
    // What is known already stays in: the queue knows a repeat.
    const out = new Set(refused.map(({ command }) => command));
    const left = batches.map((batch) => ({ ...batch, commands: batch.commands.filter((one) => !out.has(one)) }));
    return { batches: left.filter(({ commands }) => commands.length > 0), refused };
  }

  /**
   * Of a large order the kinds that its whole fleet has, as they were up to a minute ago (a few, where it takes seconds to read
   * them): to ask of each device would cost half as much again as to queue its command.
   */
  private async kindsOf(tx: Tx, batches: readonly Batch[]): Promise<DeviceTraits[]> {
    const isLarge = batches.reduce((sum, { commands }) => sum + commands.length, 0) > MANY;
    const few = devicesOf(batches, isLarge ? ({ deviceId }) => deviceId.includes(':') : undefined);
    const kinds = few.length === 0 ? [] : await this.commands.findTraits(tx, few);
    if (!isLarge) return kinds;
    for (const tenant of new Set(batches.map(({ order }) => order.tenant))) {
      kinds.push(...(await this.fleetKinds(tx, tenant)));
    }
    return kinds;
  }

  /** Orders that come at once share one question. */
  private async fleetKinds(tx: Tx, tenant: string): Promise<DeviceTraits[]> {
    const kept = this.fleets.get(tenant);
    const startMs = Date.now();
    if (kept !== undefined && startMs < kept.untilMs) return kept.kinds;
    const fleet = { untilMs: Infinity, kinds: this.commands.fleetTraits(tx, tenant) };
    this.fleets.set(tenant, fleet);
    fleet.kinds.then(
      () => (fleet.untilMs = Date.now() + Math.max(FLEET_MS, FLEET_TIMES * (Date.now() - startMs))),
      () => this.fleets.delete(tenant),
    );
    return fleet.kinds;
  }

  /** A device may have been updated since its command was queued: a repeat is no refusal. */
  private async withoutKnown(tx: Tx, found: Refused[]): Promise<Refused[]> {
    const known = new Set<NewCommand>();
    for (const [order, ofOrder] of Map.groupBy(found, (one) => one.order)) {
      const keys = ofOrder.map(({ command }) => ({ tenant: order.tenant, ...command }));
      const repeats = new Set((await this.commands.findKnown(tx, keys, order.sentAt)).map(idOf));
      for (const { command } of ofOrder) if (repeats.has(idOf(command))) known.add(command);
    }
    return found.filter(({ command }) => !known.has(command));
  }
}

/** Several devices may share a command's id. */
export function idOf({ deviceId, commandId }: { deviceId: string; commandId: string }): string {
  return `${commandId.toLowerCase()} ${deviceId}`;
}

function judgeBodies(orders: readonly Order[]): Judged {
  const batches: Batch[] = [];
  const refused: Refused[] = [];
  for (const order of orders) {
    for (const group of order.groups) {
      const bodies = new Map(group.bodies.map((body) => [body.bodyId, body]));
      const byBody = Map.groupBy(group.commands, (command) => command.bodyId);
      for (const [bodyId, some] of byBody) {
        // As it came, where that is possible: it may be known in columns.
        const commands = byBody.size === 1 ? group.commands : some;
        const body = bodies.get(bodyId) ?? { bodyId, requestType: 'unknown', command: '' };
        const batch = { order, group, body, commands };
        const detail = bodies.has(bodyId) ? faultsOf(body) : `its body ${bodyId} was not sent with it`;
        if (detail === '') batches.push(batch);
        else refused.push(...commands.map((command) => refusedOf(batch, command, { reason: 'malformed', detail })));
      }
    }
  }
  return { batches, refused };
}

function refusedOf({ order, group, body }: Batch, command: NewCommand, refusal: CommandRefusal): Refused {
  return { order, group, command, requestType: body.requestType, refusal };
}

function devicesOf(batches: readonly Batch[], isAskedFor?: (command: NewCommand) => boolean): Device[] {
  const tenants = new Map<string, Set<string>>();
  for (const { order, commands } of batches) {
    const { tenant } = order;
    const deviceIds = tenants.get(tenant) ?? new Set();
    tenants.set(tenant, deviceIds);
    for (const command of commands) if (isAskedFor?.(command) ?? true) deviceIds.add(command.deviceId);
  }
  return [...tenants].flatMap(([tenant, deviceIds]) => Array.from(deviceIds, (deviceId) => ({ tenant, deviceId })));
}
