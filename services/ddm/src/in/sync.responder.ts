import { ddmSync } from '@lamplighter/contracts';
import type { InputOf, OutputOf } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AnswerSync } from '../steps/answer-sync.ts';

@Controller()
export class SyncResponder {
  constructor(private readonly step: AnswerSync) {}

  @OnRequest(ddmSync)
  handle(input: InputOf<typeof ddmSync>): Promise<OutputOf<typeof ddmSync>> {
    return this.step.run(input);
  }
}
