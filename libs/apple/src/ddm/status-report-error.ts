import { AppleError } from '../apple-error.ts';

export type StatusReportErrorCode = 'not-json' | 'too-deep' | 'not-a-report' | 'not-text';

/** Data that is no StatusReport. Says what is wrong, never what was sent. */
export class StatusReportError extends AppleError {
  readonly code: `status-report.${StatusReportErrorCode}`;

  constructor(problem: StatusReportErrorCode, message: string) {
    super(message);
    this.code = `status-report.${problem}`;
  }
}
