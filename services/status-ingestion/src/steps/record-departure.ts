import type { deviceLeft, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { newestPerDevice } from '../domain/newest.ts';
import { isDeviceChannel } from '../domain/report.ts';
import { DeviceStore } from '../ports/devices.ts';

/** Devices that left are no longer enrolled; what is known of them stays. */
@Injectable()
export class RecordDeparture {
  constructor(
    private readonly db: Database,
    private readonly devices: DeviceStore,
    private readonly clock: Clock,
  ) {}

  async run(batch: readonly Message<ItemOf<typeof deviceLeft>>[]): Promise<void> {
    const departures = batch.flatMap(({ tenant, items }) =>
      items.map(({ deviceId, at }) => ({ tenant, deviceId, at: new Date(at) })),
    );
    const ofDevices = departures.filter((one) => isDeviceChannel(one.deviceId));
    const newest = newestPerDevice(ofDevices, (one) => one.at.getTime());
    await this.devices.leave(this.db, newest, this.clock.now());
  }
}
