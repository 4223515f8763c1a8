import { ddmSync } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Coalescer, CONFIG } from '@lamplighter/runtime';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config.ts';
import { AnswerSync, type Sync, type SyncReply } from '../steps/answer-sync.ts';

const IN_FLIGHT = 4;

/** Gathers what devices ask within a millisecond. */
@Controller()
export class SyncResponder {
  private readonly coalescer: Coalescer<Sync, SyncReply>;

  constructor(step: AnswerSync, @Inject(CONFIG) config: Config) {
    this.coalescer = new Coalescer<Sync, SyncReply>({
      maxBatch: config.LAMP_DDM_SYNC_BATCH,
      maxInFlight: IN_FLIGHT,
      waitMs: 1,
      run: (batch) => step.run(batch),
    });
  }

  @OnRequest(ddmSync)
  handle(input: Sync): Promise<SyncReply> {
    return this.coalescer.add(input);
  }
}
