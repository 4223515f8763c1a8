import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { DeliveryStore } from '../ports/deliveries.ts';

/** Gives up deliveries whose time is over, and forgets those that were given up long ago. */
@Injectable()
export class SweepDeliveries {
  constructor(
    private readonly deliveries: DeliveryStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  run(): Promise<void> {
    return this.deliveries.sweep(this.config.LAMP_WEBHOOK_FAILED_DAYS * 86_400_000);
  }
}
