import {
  AppError,
  type declarationPut,
  type declarationRemove,
  type declarationTouch,
  type InputOf,
} from '@lamplighter/contracts';
import { Clock, Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { declarationOf, touchedDeclaration } from '../domain/declaration.ts';
import { DeclarationStore } from '../ports/declarations.ts';
import type { StoredDeclaration } from '../ports/declarations.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

/** Sets that are named to who may not remove what they hold. */
const NAMED = 5;
/** Identifiers that no operator may give. */
const RESERVED = 'io.lamplighter.';

/** What operators do with their declarations. */
@Injectable()
export class ChangeDeclarations {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly declarations: DeclarationStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  /** Throws AppError `declaration.invalid`, `declaration.too-large`, `declaration.reserved`. */
  async put({ tenant, declaration: given, notify }: InputOf<typeof declarationPut>) {
    refuseReserved(given.identifier);
    declarationOf(given);
    return this.inTurn(tenant, async (tx, now) => {
      const [stored] = await this.declarations.find(tx, tenant, [given.identifier]);
      const made = declarationOf(given, stored?.touched);
      const changed = await this.declarations.put(tx, tenant, [{ ...made, isKept: true, sentAt: now }], now);
      await this.renew(tx, { tenant, identifiers: changed, notify }, now);
      return { changed: changed.length > 0, serverToken: made.serverToken };
    });
  }

  /** Throws AppError `declaration.conflict` where a set holds it. */
  async remove({ tenant, identifier }: InputOf<typeof declarationRemove>) {
    refuseReserved(identifier);
    return this.inTurn(tenant, async (tx) => {
      const sets = await this.declarations.setsOf(tx, tenant, identifier, NAMED);
      if (sets.length > 0) throw held(identifier, sets);
      return { changed: await this.declarations.remove(tx, tenant, identifier) };
    });
  }

  /** Throws AppError `declaration.not-found`. */
  async touch({ tenant, identifier, notify }: InputOf<typeof declarationTouch>) {
    refuseReserved(identifier);
    return this.inTurn(tenant, async (tx, now) => {
      const { document, touched } = await this.existing(tx, tenant, identifier);
      const made = touchedDeclaration(document, touched + 1);
      await this.declarations.touch(tx, tenant, { ...made, touched: touched + 1 }, now);
      await this.renew(tx, { tenant, identifiers: [identifier], notify }, now);
      return { serverToken: made.serverToken };
    });
  }

  private async existing(tx: Tx, tenant: string, identifier: string): Promise<StoredDeclaration> {
    const [stored] = await this.declarations.find(tx, tenant, [identifier]);
    if (stored) return stored;
    throw new AppError('declaration.not-found', `there is no declaration ${identifier} in this tenant`);
  }

  private async renew(
    tx: Tx,
    { tenant, identifiers, notify }: { tenant: string; identifiers: readonly string[]; notify: boolean },
    now: Date,
  ): Promise<void> {
    await this.arrange.renew(tx, { tenant, identifiers, tell: notify }, now);
  }

  private inTurn<T>(tenant: string, work: (tx: Tx, now: Date) => Promise<T>): Promise<T> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      await this.turns.take(tx, [tenant]);
      return work(tx, now);
    });
  }
}

function refuseReserved(identifier: string): void {
  if (!identifier.startsWith(RESERVED)) return;
  throw new AppError('declaration.reserved', `identifiers that begin with ${RESERVED} are Lamplighter's own`, {
    remedy: 'choose another identifier',
  });
}

function held(identifier: string, sets: readonly { name: string | null }[]): AppError {
  const names = sets.flatMap(({ name }) => name ?? []);
  const by = names.length > 0 ? `the set ${names.join(', ')}` : 'an update or another service';
  return new AppError('declaration.conflict', `the declaration ${identifier} is held by ${by}`, {
    remedy: names.length > 0 ? 'take it out of its sets first' : 'it goes by itself once no device has it',
  });
}
