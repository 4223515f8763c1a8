import {
  AppError,
  type declarationAssign,
  type ItemOf,
  type Message,
  type NewDeclaration,
} from '@lamplighter/contracts';
import { Clock, Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { declarationOf } from '../domain/declaration.ts';
import { causeSetId } from '../domain/sets.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import { DeclarationStore } from '../ports/declarations.ts';
import type { NewAssignment } from '../ports/assignments.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

type Item = ItemOf<typeof declarationAssign>;

/** One cause's declarations for some devices, at one instant. */
export interface Assignment {
  cause: string;
  declarations: readonly NewDeclaration[];
  devices: readonly string[];
  sentAt: Date;
}

const MOST_DEVICES = 1000;

/** Gives devices the declarations that messages name: declarations and sets once, a row for each device and cause. */
@Injectable()
export class AssignDeclarations {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly declarations: DeclarationStore,
    private readonly assignments: AssignmentStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  /** Throws AppError `declaration.invalid` and the like; nothing of the batch is stored then. */
  async run(messages: readonly Message<Item>[]): Promise<void> {
    for (const { items } of messages) checkSize(items);
    const now = this.clock.now();
    for (const [tenant, own] of Map.groupBy(messages, (each) => each.tenant)) {
      const orders = own.flatMap(({ occurredAt, items }) =>
        items.map((item) => ({ ...item, sentAt: new Date(occurredAt) })),
      );
      await this.db.transaction(async (tx) => {
        await this.turns.take(tx, [tenant]);
        await this.assign(tx, { tenant, orders, tell: 'changed' }, now);
      });
    }
  }

  /** In the tenant's turn. Orders of a cause that was withdrawn from all since they were sent are none. */
  async assign(
    tx: Tx,
    { tenant, orders, tell }: { tenant: string; orders: readonly Assignment[]; tell: 'changed' | 'none' },
    now: Date,
  ): Promise<void> {
    const refused = await this.assignments.withdrawnAt(tx, tenant, [...new Set(orders.map(({ cause }) => cause))]);
    const valid = orders.filter(({ cause, sentAt }) => sentAt > (refused.get(cause) ?? new Date(0)));
    if (valid.length === 0) return;
    await this.keepDeclarations(tx, tenant, valid, now);
    const assignments = await this.assignmentsOf(tx, tenant, valid, now);
    const deviceIds = new Set(valid.flatMap(({ devices }) => devices));
    // A device that several orders name is told once, of all of them.
    if (deviceIds.size === valid.reduce((sum, { devices }) => sum + devices.length, 0)) {
      return this.arrange.give(tx, { tenant, assignments, tell }, now);
    }
    for (const one of assignments) await this.assignments.assign(tx, tenant, one);
    await this.arrange.run(tx, { tenant, deviceIds: [...deviceIds], tell }, now);
  }

  /** In the order in which they were sent; their sets are there. */
  private async assignmentsOf(
    tx: Tx,
    tenant: string,
    orders: readonly Assignment[],
    now: Date,
  ): Promise<NewAssignment[]> {
    const made = new Set<string>();
    const assignments: NewAssignment[] = [];
    for (const { cause, declarations, devices, sentAt } of orders.toSorted((a, b) => +a.sentAt - +b.sentAt)) {
      const identifiers = [...new Set(declarations.map(({ identifier }) => identifier))];
      const setId = causeSetId(tenant, cause, identifiers);
      if (!made.has(setId)) await this.declarations.addSet(tx, tenant, { setId, name: null, cause }, identifiers, now);
      made.add(setId);
      assignments.push({ deviceIds: devices, cause, setId, sentAt });
    }
    return assignments;
  }

  private async keepDeclarations(tx: Tx, tenant: string, orders: readonly Assignment[], now: Date): Promise<void> {
    const given = new Map<string, NewDeclaration & { sentAt: Date }>();
    for (const { declarations, sentAt } of orders) {
      for (const one of declarations) {
        const other = given.get(one.identifier);
        if (other === undefined || other.sentAt <= sentAt) given.set(one.identifier, { ...one, sentAt });
      }
    }
    const stored = await this.declarations.find(tx, tenant, [...given.keys()]);
    const touched = new Map(stored.map((one) => [one.identifier, one.touched]));
    const put = [...given.values()].map(({ sentAt, ...one }) => ({
      ...declarationOf(one, touched.get(one.identifier)),
      isKept: false,
      sentAt,
    }));
    const changed = await this.declarations.put(tx, tenant, put, now);
    await this.arrange.renew(tx, { tenant, identifiers: changed, tell: true }, now);
  }
}

function checkSize(items: readonly Item[]): void {
  const devices = items.reduce((sum, item) => sum + item.devices.length, 0);
  if (devices <= MOST_DEVICES) return;
  throw new AppError('declaration.too-large', `a message names ${devices} devices`, {
    remedy: `send at most ${MOST_DEVICES} in each`,
  });
}
