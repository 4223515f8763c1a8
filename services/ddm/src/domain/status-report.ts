import { parseStatusReport, StatusReportError } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';

/** NUL and lone surrogates as JSON.stringify writes them; PostgreSQL's jsonb holds neither. */
const NOT_STORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** The report as compact JSON. Throws AppError `ddm.invalid-report`, which says where it is wrong but not what was sent. */
export function checkedReport(data: string | undefined): string {
  if (data === undefined) throw invalid('the status report is missing: Data is empty');
  try {
    parseStatusReport(data);
  } catch (error) {
    if (error instanceof StatusReportError) throw invalid(error.message);
    throw error;
  }
  const report = JSON.stringify(JSON.parse(data));
  if (NOT_STORABLE.test(report)) throw invalid('the status report holds a character that is no character');
  return report;
}

function invalid(message: string): AppError {
  return new AppError('ddm.invalid-report', message, { outcome: 'drop' });
}
