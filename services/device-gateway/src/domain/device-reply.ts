/** All that a device ever gets. 401 is not among them: it makes a device remove its MDM profile. */
export type DeviceStatus = 200 | 400 | 403 | 404 | 410 | 413 | 503;

export interface DeviceReply {
  readonly status: DeviceStatus;
  readonly contentType?: string;
  readonly body?: string;
}

/** 200 with zero bytes: nothing (more) for this device. */
export const NOTHING_MORE: DeviceReply = { status: 200 };

/**
 * Makes the device (iOS 17, macOS 14 and later) leave this MDM server, so it goes only to devices that the command queue
 * does not know: a wrong trust anchor file must not cost anybody a fleet. Schema: mdm/errors/unrecognized.device.yaml.
 *
 * It goes to every OS: a request does not tell which one sends it (`User-Agent: MDM-OSX/1.0` is all that a Mac says), and
 * an older one reads the status alone. To that, 403 is a failed request which it repeats at its next visit; the answer that
 * would make it leave is 401, and a mistaken 401 loses devices that nobody can bring back.
 */
export const UNRECOGNIZED: DeviceReply = {
  status: 403,
  contentType: 'application/json',
  body: '{"code":"com.apple.unrecognized.device"}',
};

export function xmlReply(body: string): DeviceReply {
  return { status: 200, contentType: 'application/xml', body };
}
