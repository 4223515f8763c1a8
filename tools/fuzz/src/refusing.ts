import { AppleError } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import { Refusal } from '../../../services/device-gateway/src/domain/refusal.ts';
import { Refused } from './run.ts';

/** What our own errors say is a refusal; all others are findings. */
export function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppleError || error instanceof AppError || error instanceof Refusal)
      throw new Refused(error.message);
    throw error;
  }
}
