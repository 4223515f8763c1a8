import { type InputOf, type OutputOf, policyPut } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { PutPolicy } from '../steps/put-policy.ts';

@Controller()
export class PolicyResponder {
  constructor(private readonly putPolicy: PutPolicy) {}

  @OnRequest(policyPut)
  async handle(input: InputOf<typeof policyPut>): Promise<OutputOf<typeof policyPut>> {
    return { ok: await this.putPolicy.run(input) };
  }
}
