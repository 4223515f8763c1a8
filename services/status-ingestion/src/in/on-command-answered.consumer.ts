import { commandAnswered } from '@lamplighter/contracts';
import type { Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import type { AnsweredItem } from '../domain/report.ts';
import { InterpretAnswer } from '../steps/interpret-answer.ts';

@Controller()
export class OnCommandAnsweredConsumer {
  constructor(private readonly step: InterpretAnswer) {}

  // A message holds up to 256 answers: more at a time would not make the statements cheaper.
  @OnMessages(commandAnswered, { maxBatch: 16, gatherMs: 150 })
  async handle(batch: Message<AnsweredItem>[]): Promise<void> {
    await this.step.run(batch);
  }
}
