import { agentReported } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { KeepAgentReports } from '../steps/keep-agent-reports.ts';

@Controller()
export class OnAgentReportedConsumer {
  constructor(private readonly step: KeepAgentReports) {}

  @OnMessages(agentReported, { maxBatch: 16, gatherMs: 250 })
  async handle(batch: Message<ItemOf<typeof agentReported>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
