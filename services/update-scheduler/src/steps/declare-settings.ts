import { declarationAssign, declarationWithdraw, derivedUuid, message } from '@lamplighter/contracts';
import { Clock, Database, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SETTINGS_CAUSE, settingsDeclarations } from '../domain/software-update-settings.ts';
import { PlanStore, type PlanTerms } from '../ports.ts';
import { type SettingsOf, SettingsStore } from '../settings-ports.ts';

const MOST_DEVICES = 1_000;

/** Gives the devices of a planned occurrence the software update settings of their policy, and takes them from those that left it. */
@Injectable()
export class DeclareSettings {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly plans: PlanStore,
    private readonly settings: SettingsStore,
  ) {}

  async run({ tenant, occurrenceId }: { tenant: string; occurrenceId: string }): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const from: string = after;
      after = await this.db.transaction(async (tx) => {
        const terms = await this.plans.lock(tx, tenant, occurrenceId);
        return terms && this.declareAfter(tx, terms, from);
      });
    }
  }

  /** The last device of a full thousand; undefined when all is done. */
  private async declareAfter(tx: Tx, terms: PlanTerms, after: string): Promise<string | undefined> {
    const { tenant, policyId, rolloutId, zone, defaultZone, spec } = terms;
    const declarations = spec.settings && settingsDeclarations(policyId, spec.settings);
    if (!declarations && !(await this.settings.hasAny(tx, tenant, policyId))) return undefined;
    const identifier = declarations?.[0]!.identifier;
    const of = { tenant, policyId, rolloutId, zone, defaultZone, after, identifier, limit: MOST_DEVICES };
    const devices = await this.settings.without(tx, of);
    if (declarations && devices.length > 0) {
      const id = derivedUuid('settings.assign', terms.occurrenceId, ...devices);
      const one = { id, tenant, at: this.clock.now() };
      const item = { cause: SETTINGS_CAUSE, declarations, devices };
      await this.outbox.stage(tx, declarationAssign, message(declarationAssign, one, [item]), id);
    }
    if (devices.length === MOST_DEVICES) return devices.at(-1);
    await this.withdraw(tx, terms, of);
    return undefined;
  }

  private async withdraw(tx: Tx, { occurrenceId }: PlanTerms, of: SettingsOf): Promise<void> {
    const at = this.clock.now();
    const all = await this.settings.beyond(tx, of);
    for (let start = 0; start < all.length; start += MOST_DEVICES) {
      const devices = all.slice(start, start + MOST_DEVICES);
      const id = derivedUuid('settings.withdraw', occurrenceId, ...devices);
      const one = message(declarationWithdraw, { id, tenant: of.tenant, at }, [{ cause: SETTINGS_CAUSE, devices }]);
      await this.outbox.stage(tx, declarationWithdraw, one, id);
    }
  }
}
