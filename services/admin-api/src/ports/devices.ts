import type { Device, DevicePage, FleetSummary, RolloutReasons } from '@lamplighter/contracts';
import type { Known } from '../domain/why/known.ts';
import type { KnownEnrollment } from '../domain/webhook-event.ts';

/** What the views know of a device, for the question why it has not updated. */
export type Seen = Pick<Known, 'device' | 'enrollment' | 'updates' | 'lastPush' | 'reports'>;

export abstract class WhyViews {
  /** By device id, or by serial number in any case. */
  abstract seen(tenant: string, idOrSerial: string): Promise<Seen | undefined>;
  /** Reads all devices of the rollout. Undefined for one that is not known. */
  abstract reasons(tenant: string, rolloutId: string, now: Date): Promise<RolloutReasons | undefined>;
}

export abstract class DeviceViews {
  /** By device id. `search`: those whose device id, serial number or name begins with it, in any case. */
  abstract list(
    tenant: string,
    query: { search?: string | undefined; cursor: string; limit: number },
  ): Promise<DevicePage>;
  /** With everything that is known to have happened to it. */
  abstract find(tenant: string, deviceId: string): Promise<Device | undefined>;
  abstract summary(tenant: string, now: Date): Promise<FleetSummary>;
}

export abstract class EnrollmentViews {
  /** By device id; devices that never enrolled here are absent. */
  abstract kinds(tenant: string, deviceIds: readonly string[]): Promise<Map<string, KnownEnrollment>>;
}
