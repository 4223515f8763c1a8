import { AppError, type Fault, faultAt } from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Log, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { type Inventory, type Plan, planChanges, type Wanted } from '../domain/policy/plan-changes.ts';
import { refuseBeyond } from '../domain/policy/quotas.ts';
import { SpecStore } from '../ports/policies.ts';
import { ControlRollout } from './control-rollout.ts';

export interface ChangeTerms {
  tenant: string;
  by: string | undefined;
  dryRun: boolean;
  /** Rollouts of removed policies whose window is open, or that devices were told of by declaration, are aborted. */
  abort: boolean;
}

/** Groups, windows and policies are changed together, after all was judged together: all wishes or none. */
@Injectable()
export class ChangeSpecs {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly specs: SpecStore,
    private readonly rollouts: ControlRollout,
    private readonly log: Log,
  ) {}

  /** `wishes` sees what there is, which stays so until all is done. Throws AppError `input.invalid` with every fault. */
  async run(terms: ChangeTerms, wishes: (inventory: Inventory) => Wanted[]): Promise<Plan> {
    const plan = await this.db.transaction(async (tx) => {
      const inventory = await this.specs.lock(tx, terms.tenant);
      const wanted = wishes(inventory);
      const planned = planChanges(inventory, wanted, this.clock.now().toISOString().slice(0, 10));
      refuse(planned.faults);
      const { LAMP_MAX_POLICIES: policies, LAMP_MAX_GROUPS: groups } = this.config;
      refuseBeyond({ policies, groups }, inventory, wanted);
      const open = await this.openRollouts(tx, terms, wanted);
      if (terms.dryRun) return planned;
      const author = { at: this.clock.now(), by: terms.by };
      for (const change of planned.changes)
        if (change.change !== 'unchanged') await this.specs.write(tx, terms.tenant, change, author);
      for (const rolloutId of open) await this.rollouts.abortWithin(tx, { tenant: terms.tenant, rolloutId });
      return planned;
    });
    if (!terms.dryRun) this.tell(terms, plan);
    return plan;
  }

  /** Those that removing their policies ends; refused unless that is asked for. */
  private async openRollouts(tx: Tx, { tenant, abort }: ChangeTerms, wanted: readonly Wanted[]): Promise<string[]> {
    const removed = wanted.filter(({ kind, spec }) => kind === 'Policy' && !spec);
    if (removed.length === 0) return [];
    const faults: Fault[] = [];
    const all: string[] = [];
    for (const { id, name, at } of removed) {
      const open = await this.specs.openRollouts(tx, tenant, [id]);
      all.push(...open);
      if (open.length > 0) {
        const message = `its rollout ${open.join(', ')} has an open window, or devices that were told by declaration when to install`;
        const remedy = 'wait until these are over, or ask for the rollout to be aborted (?abort=true, --abort)';
        faults.push(faultAt([...at, 'name'], name, { message, remedy }));
      }
    }
    if (!abort) refuse(faults, 'policy.in-use');
    return all;
  }

  private tell({ tenant }: ChangeTerms, { changes }: Plan): void {
    for (const { kind, name, version, change } of changes) {
      const fields = { tenant, resource: `${kind}/${name}`, version, change };
      if (change !== 'unchanged') this.log.info(fields, 'resource changed');
    }
  }
}

function refuse(faults: readonly Fault[], code = 'input.invalid'): void {
  const [first] = faults;
  if (!first) return;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  throw new AppError(code, `${first.path}: ${first.message}${more}`, {
    outcome: 'drop',
    remedy: first.remedy ?? 'correct the fields that are named',
    fields: [...faults],
  });
}
