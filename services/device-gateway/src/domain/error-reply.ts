import { AppleError } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import type { ErrorBody } from '@lamplighter/contracts';
import type { DeviceReply, DeviceStatus } from './device-reply.ts';
import { Refusal } from './refusal.ts';

/** Any error as what the device gets. What nobody foresaw is our fault: 503, and the device comes back with the same answer. */
export function replyForError(error: unknown): DeviceReply {
  if (error instanceof Refusal) return error.toReply();
  if (error instanceof AppleError) return errorReply(400, { code: error.code, message: error.message });
  if (error instanceof AppError) return errorReply(503, error.toBody());
  return errorReply(503, {
    code: 'gateway.failed',
    message: 'the request could not be served now',
  });
}

function errorReply(status: DeviceStatus, body: ErrorBody): DeviceReply {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

/** Errors with words of our own, fit for a log line; others may quote anything. */
export function isForeseen(error: unknown): boolean {
  return error instanceof AppError || error instanceof AppleError;
}
