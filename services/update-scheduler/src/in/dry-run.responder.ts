import { type InputOf, type OutputOf, policyDryRun } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { DryRun } from '../steps/dry-run.ts';
import { LimitFleetReads } from '../steps/limit-fleet-reads.ts';

@Controller()
export class DryRunResponder {
  constructor(
    private readonly dryRun: DryRun,
    private readonly reads: LimitFleetReads,
  ) {}

  @OnRequest(policyDryRun)
  async handle(input: InputOf<typeof policyDryRun>): Promise<OutputOf<typeof policyDryRun>> {
    return { ok: await this.reads.run(() => this.dryRun.run(input)) };
  }
}
