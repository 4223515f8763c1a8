import type { Fault } from './fault.ts';

/** What becomes of a message whose handling failed with this error. */
export type Outcome = 'retry' | 'drop' | 'dead-letter';

export interface ErrorBody {
  code: string;
  message: string;
  /** What the caller can do about it. */
  remedy?: string;
  /** The fields at fault, where the input had fields. */
  fields?: Fault[];
}

/** An error that is meant to be read by the person who meets it. Never holds a secret or a device's payload. */
export class AppError extends Error {
  readonly code: string;
  readonly outcome: Outcome;
  readonly remedy: string | undefined;
  readonly fields: ErrorBody['fields'];

  constructor(
    code: string,
    message: string,
    options: { outcome?: Outcome; remedy?: string; fields?: ErrorBody['fields']; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.outcome = options.outcome ?? 'dead-letter';
    this.remedy = options.remedy;
    this.fields = options.fields;
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      ...(this.fields === undefined ? {} : { fields: this.fields }),
    };
  }
}
