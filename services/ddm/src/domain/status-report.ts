import { parseStatusReport, type StatusReport, StatusReportError } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';

/** NUL and lone surrogates as JSON.stringify writes them; PostgreSQL's jsonb holds neither. */
const NOT_STORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

export interface CheckedReport {
  /** Compact JSON. */
  report: string;
  parsed: StatusReport;
}

/** A report that can be stored. Throws AppError `ddm.invalid-report`, which says where it is wrong but not what was sent. */
export function checkedReport(data: string | undefined): CheckedReport {
  if (data === undefined) throw invalid('the status report is missing: Data is empty');
  const parsed = parsedReport(data);
  const report = JSON.stringify(JSON.parse(data));
  if (NOT_STORABLE.test(report)) throw invalid('the status report holds a character that is no character');
  return { report, parsed };
}

function parsedReport(data: string): StatusReport {
  try {
    return parseStatusReport(data);
  } catch (error) {
    if (error instanceof StatusReportError) throw invalid(error.message);
    throw error;
  }
}

function invalid(message: string): AppError {
  return new AppError('ddm.invalid-report', message, { outcome: 'drop' });
}
