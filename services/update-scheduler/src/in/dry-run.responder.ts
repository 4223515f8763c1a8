import { type InputOf, type OutputOf, policyDryRun } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { DryRun } from '../steps/dry-run.ts';

@Controller()
export class DryRunResponder {
  constructor(private readonly dryRun: DryRun) {}

  @OnRequest(policyDryRun)
  async handle(input: InputOf<typeof policyDryRun>): Promise<OutputOf<typeof policyDryRun>> {
    return { ok: await this.dryRun.run(input) };
  }
}
