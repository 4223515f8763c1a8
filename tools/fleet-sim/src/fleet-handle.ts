import type { ApnsServer } from './apns/apns-server.ts';
import type { Device } from './device/device.ts';
import type { Fleet } from './fleet.ts';
import type { FleetPki } from './pki/pki-directory.ts';
import type { Summary, SummaryQuery } from './summary.ts';

export interface FleetHandle {
  readonly apns: ApnsServer;
  readonly apnsUrl: string;
  readonly pki: FleetPki;
  readonly fleet: Fleet;
  devices(): Iterable<Device>;
  device(udid: string): Device | undefined;
  summary(query?: SummaryQuery): Summary;
  /** Resolves when every device has enrolled once, or was refused for good. */
  enrolled(): Promise<void>;
  stop(): Promise<void>;
}
