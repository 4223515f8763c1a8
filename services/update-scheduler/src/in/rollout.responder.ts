import { type InputOf, type OutputOf, rolloutControl } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ControlRollout } from '../steps/control-rollout.ts';

@Controller()
export class RolloutResponder {
  constructor(private readonly controlRollout: ControlRollout) {}

  @OnRequest(rolloutControl)
  async handle(input: InputOf<typeof rolloutControl>): Promise<OutputOf<typeof rolloutControl>> {
    return { ok: await this.controlRollout.run(input) };
  }
}
