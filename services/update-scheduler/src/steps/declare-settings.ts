import { declarationAssign, declarationWithdraw, derivedUuid, message } from '@lamplighter/contracts';
import { Clock, Database, EachAlone, Log, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SETTINGS_CAUSE, settingsDeclarations } from '../domain/software-update-settings.ts';
import { PlanStore } from '../ports/plan.ts';
import type { PlanTerms } from '../ports/plan.ts';
import type { SettingsOf } from '../ports/settings.ts';
import { SettingsStore } from '../ports/settings.ts';

const MOST_DEVICES = 1_000;
const REMEMBERED_MS = 2 * 86_400_000;
/** No rollout, and every zone. */
const EVERYWHERE = { rolloutId: derivedUuid('none'), zone: '*', defaultZone: '', identifier: undefined };

interface Occurrence {
  tenant: string;
  occurrenceId: string;
}
/** Returns the last device of a full thousand; undefined when all is done. */
type Page = (tx: Tx, terms: PlanTerms, after: string) => Promise<string | undefined>;

/** Gives the devices of a planned occurrence the software update settings of their policy, and takes them from those that left it. */
@Injectable()
export class DeclareSettings {
  private readonly each: EachAlone<{ tenant: string; policyId: string }>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly plans: PlanStore,
    private readonly settings: SettingsStore,
    log: Log,
  ) {
    this.each = new EachAlone(log, 'the settings of a removed policy could not be taken back', ['tenant', 'policyId']);
  }

  async run(of: Occurrence): Promise<void> {
    await this.page(of, (tx, terms, after) => this.declareAfter(tx, terms, after));
    await this.page(of, (tx, terms, after) => this.withdrawAfter(tx, terms, after));
  }

  /** Takes settings back from all devices of policies that were removed within two days; for a clock to call. */
  async takeBack(): Promise<void> {
    const removed = await this.settings.removed(new Date(this.clock.now().getTime() - REMEMBERED_MS));
    await this.each.run(removed, async (policy) => {
      const of = { ...policy, ...EVERYWHERE, limit: MOST_DEVICES };
      for (let after: string | undefined = ''; after !== undefined;) {
        const from: string = after;
        after = await this.db.transaction((tx) => this.withdraw(tx, { ...of, after: from }, policy.policyId));
      }
    });
  }

  /** A transaction for each thousand devices. */
  private async page({ tenant, occurrenceId }: Occurrence, each: Page): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const from: string = after;
      after = await this.db.transaction(async (tx) => {
        const terms = await this.plans.lock(tx, tenant, occurrenceId);
        return terms && each(tx, terms, from);
      });
    }
  }

  private async declareAfter(tx: Tx, terms: PlanTerms, after: string): Promise<string | undefined> {
    const { tenant, policyId, spec, occurrenceId } = terms;
    if (!spec.settings) return undefined;
    const declarations = settingsDeclarations(policyId, spec.settings);
    const devices = await this.settings.without(tx, settingsOf(terms, after));
    if (devices.length > 0) {
      const id = derivedUuid('settings.assign', occurrenceId, ...devices);
      const one = { id, tenant, at: this.clock.now() };
      const item = { cause: SETTINGS_CAUSE, declarations, devices };
      await this.outbox.stage(tx, declarationAssign, message(declarationAssign, one, [item]), id);
    }
    return devices.length === MOST_DEVICES ? devices.at(-1) : undefined;
  }

  private async withdrawAfter(tx: Tx, terms: PlanTerms, after: string): Promise<string | undefined> {
    if (!(await this.settings.hasAny(tx, terms.tenant, terms.policyId))) return undefined;
    return this.withdraw(tx, settingsOf(terms, after), terms.occurrenceId);
  }

  /** What another policy has given them since stays theirs: all policies share one cause. */
  private async withdraw(tx: Tx, of: SettingsOf, because: string): Promise<string | undefined> {
    const all = await this.settings.beyond(tx, of);
    if (all.length > 0) {
      const items = [...Map.groupBy(all, ({ sentAt }) => sentAt.getTime())].map(([at, same]) => ({
        cause: SETTINGS_CAUSE,
        devices: same.map(({ deviceId }) => deviceId),
        upTo: new Date(at + 1).toISOString(),
      }));
      const id = derivedUuid('settings.withdraw', because, ...all.map(({ deviceId }) => deviceId));
      const one = message(declarationWithdraw, { id, tenant: of.tenant, at: this.clock.now() }, items);
      await this.outbox.stage(tx, declarationWithdraw, one, id);
    }
    return all.length === MOST_DEVICES ? all.at(-1)!.deviceId : undefined;
  }
}

function settingsOf({ tenant, policyId, rolloutId, zone, defaultZone, spec }: PlanTerms, after: string): SettingsOf {
  const identifier = spec.settings && settingsDeclarations(policyId, spec.settings)[0]!.identifier;
  return { tenant, policyId, rolloutId, zone, defaultZone, after, identifier, limit: MOST_DEVICES };
}
