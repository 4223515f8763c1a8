import { type DdmSync, type DdmSyncReplies, type DdmSyncReply, ddmSync, packSyncReplies } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Coalescer, CONFIG } from '@lamplighter/runtime';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config.ts';
import { AnswerSync } from '../steps/answer-sync.ts';

const IN_FLIGHT = 4;

/** Gathers what the devices of several gateways ask within a millisecond. */
@Controller()
export class SyncResponder {
  private readonly coalescer: Coalescer<DdmSync, DdmSyncReply>;

  constructor(step: AnswerSync, @Inject(CONFIG) config: Config) {
    this.coalescer = new Coalescer<DdmSync, DdmSyncReply>({
      maxBatch: config.LAMP_DDM_SYNC_BATCH,
      maxInFlight: IN_FLIGHT,
      waitMs: 1,
      run: (batch) => step.run(batch),
    });
  }

  @OnRequest(ddmSync)
  async handle(input: DdmSync[]): Promise<DdmSyncReplies> {
    return packSyncReplies(await Promise.all(input.map((sync) => this.coalescer.add(sync))));
  }
}
