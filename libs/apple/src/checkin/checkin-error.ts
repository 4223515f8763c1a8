import { MessageError } from '../fields.ts';
import type { FieldFault } from '../fields.ts';

/** Codes: `checkin.not-a-dict`, `checkin.unknown-message-type`, `checkin.missing-key`, `checkin.invalid-key`. */
export class CheckinError extends MessageError {}

export const checkinFault: FieldFault = (problem, key, expected) =>
  new CheckinError(
    `checkin.${problem}`,
    `check-in message: key ${key} ${problem === 'missing-key' ? 'is missing' : 'is invalid'}; expected ${expected}`,
    key,
  );
