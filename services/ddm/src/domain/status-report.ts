import { AppError } from '@lamplighter/contracts';
import { z } from 'zod';

/** Schema: declarative/protocol/statusreport.yaml. Unknown keys and status items are kept: devices are newer than servers. */
const StatusReportDocument = z.looseObject({
  StatusItems: z.record(z.string(), z.unknown()),
  Errors: z.array(z.unknown()).optional(),
  FullReport: z.boolean().optional(),
});

const MAX_DEPTH = 64;
/** NUL and lone surrogates as JSON.stringify writes them; PostgreSQL's jsonb holds neither. */
const NOT_STORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** The report as compact JSON. Throws AppError `ddm.invalid-report`, which says where it is wrong but not what was sent. */
export function checkedReport(data: string | undefined): string {
  const parsed = StatusReportDocument.safeParse(documentOf(data));
  if (!parsed.success) {
    const fields = parsed.error.issues
      .slice(0, 10)
      .map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    throw new AppError('ddm.invalid-report', 'the status report is not of the form that Apple documents', {
      outcome: 'drop',
      fields,
    });
  }
  const report = JSON.stringify(parsed.data);
  if (NOT_STORABLE.test(report)) throw invalid('the status report holds a character that is no character');
  return report;
}

function documentOf(data: string | undefined): unknown {
  if (data === undefined) throw invalid('the status report is missing: Data is empty');
  let document: unknown;
  try {
    document = JSON.parse(data);
  } catch {
    throw invalid('the status report is not JSON');
  }
  if (isDeeperThan(document, MAX_DEPTH)) throw invalid(`the status report is nested deeper than ${MAX_DEPTH} levels`);
  return document;
}

/** Level by level: recursion would end the process on a document of nothing but brackets. */
function isDeeperThan(document: unknown, limit: number): boolean {
  let level = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    );
  }
  return false;
}

function invalid(message: string): AppError {
  return new AppError('ddm.invalid-report', message, { outcome: 'drop' });
}
