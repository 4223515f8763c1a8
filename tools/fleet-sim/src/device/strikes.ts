import type { Device } from './device.ts';

/** Whether a device of this behaviour misbehaves this time; it does so only as often as its strikes last. */
export function strikes(device: Device, behaviour: Device['behaviour']): boolean {
  if (device.behaviour !== behaviour || device.strikes <= 0) return false;
  device.strikes -= 1;
  return true;
}
