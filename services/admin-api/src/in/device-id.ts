import { DeviceId } from '@lamplighter/contracts';
import { parse } from './parse.ts';

/** A device id of a path. Throws AppError `input.invalid`. */
export function deviceIdOf(given: string): string {
  return parse(DeviceId, given, 'device id');
}
