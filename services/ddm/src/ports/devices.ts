export interface KnownDevice {
  deviceId: string;
  kind: string;
  isOurs: boolean;
  /** Of a user channel its device's, as the OS version. */
  platform: string | null;
  osVersion: string | null;
  /** The set of status subscriptions that it has. */
  subscriptions: string | null;
  /** Whether it has told its capabilities; and those that are presumed of it. */
  hasCapabilities: boolean;
  presumedId: string | null;
}

/** What other services publish of devices. */
export abstract class Devices {
  /** Those of these that are enrolled, in no order. */
  abstract known(tenant: string, deviceIds: readonly string[]): Promise<KnownDevice[]>;
}
