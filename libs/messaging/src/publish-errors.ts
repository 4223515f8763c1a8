import { AppError } from '@lamplighter/contracts';
import type { OutboxRow } from '@lamplighter/runtime';

export function unconfirmed(row: OutboxRow, cause?: unknown): AppError {
  return new AppError('publish.unconfirmed', `the broker has not confirmed a message on ${row.subject}`, {
    outcome: 'retry',
    remedy: 'see whether NATS runs and its streams have room',
    cause,
  });
}

export function refused(row: OutboxRow, reason: string): AppError {
  return new AppError('publish.refused', `the broker refused a message on ${row.subject}: ${reason}`, {
    outcome: 'retry',
    remedy: 'see the limits of the stream (`nats stream info`); LAMP_NATS_MAX_BYTES sets its size',
  });
}

export function tooLarge(row: OutboxRow, bytes: number, limit: number): AppError {
  return new AppError(
    'message.too-large',
    `a message on ${row.subject} has ${bytes} bytes with its headers; the broker takes ${limit}`,
    { remedy: 'split the batch, or raise max_payload of the NATS server' },
  );
}
