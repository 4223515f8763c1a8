import type { Message } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { jobsOf } from '../domain/push.ts';
import type { PushRequestItem } from '../domain/push.ts';
import { RecentPushes } from '../ports.ts';
import type { Lane } from '../ports.ts';
import { WakeDevices } from './wake-devices.ts';

/** Wakes the devices that a batch of requests names, each once. */
@Injectable()
export class PushDevices {
  constructor(
    private readonly wake: WakeDevices,
    private readonly recent: RecentPushes,
  ) {}

  async run(batch: readonly Message<PushRequestItem>[], lane: Lane): Promise<void> {
    const received = await this.recent.mark();
    await this.wake.run(jobsOf(batch), { lane, received, untilMs: Infinity });
  }
}
