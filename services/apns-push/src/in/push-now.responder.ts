import { pushNow } from '@lamplighter/contracts';
import type { InputOf, OutputOf } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { PushNow } from '../steps/push-now.ts';

@Controller()
export class PushNowResponder {
  constructor(private readonly step: PushNow) {}

  @OnRequest(pushNow)
  async handle(input: InputOf<typeof pushNow>): Promise<OutputOf<typeof pushNow>> {
    return { ok: { results: await this.step.run(input) } };
  }
}
