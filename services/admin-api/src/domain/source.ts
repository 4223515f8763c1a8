import { AppError } from '@lamplighter/contracts';

export function noSource(name: string): AppError {
  return new AppError('source.not-found', `there is no source ${name} in this tenant`, {
    remedy: 'make it first: lamp source put',
  });
}
