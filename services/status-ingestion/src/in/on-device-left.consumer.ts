import { deviceLeft } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { RecordDeparture } from '../steps/record-departure.ts';

@Controller()
export class OnDeviceLeftConsumer {
  constructor(private readonly step: RecordDeparture) {}

  @OnMessages(deviceLeft, { maxBatch: 1000 })
  async handle(batch: Message<ItemOf<typeof deviceLeft>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
