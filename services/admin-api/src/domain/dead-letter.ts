import { AppError } from '@lamplighter/contracts';

export function noDeadLetter(sequence: number): AppError {
  return new AppError('dead-letter.not-found', `there is no dead letter ${sequence} in this tenant`, {
    remedy: 'it may have been redriven or discarded meanwhile; list those that are there',
  });
}
