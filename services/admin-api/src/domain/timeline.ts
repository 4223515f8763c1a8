import { type TimelineEntry, traceIdOf } from '@lamplighter/contracts';

/** What the views know of a device's past; instants as they come from the database. */
export interface History {
  enrollment: { status: string; generation: number; enrolledAt: Date | null; leftAt: Date | null } | undefined;
  commands: CommandRow[];
  pushes: { at: Date; outcome: string; reason: string | null; traceparent: string | null }[];
  reports: ReportRow[];
  updates: UpdateRow[];
}

export interface CommandRow {
  commandId: string;
  requestType: string;
  cause: string;
  state: string;
  createdAt: Date;
  notBefore: Date | null;
  expiresAt: Date;
  sentAt: Date | null;
  sentCount: number;
  notNowCount: number;
  finishedAt: Date | null;
  /** Kind of the MDM server that it was handed to, where that is another one. */
  handedTo: string | null;
  /** Of `refused`: why. */
  detail: string | null;
  traceparent: string | null;
}

export interface ReportRow {
  at: Date;
  commandId: string | null;
  requestType: string;
  status: string;
  explanation: string | null;
  errorChain: unknown;
  traceparent: string | null;
}

export interface UpdateRow {
  at: Date;
  rolloutId: string;
  fromState: string;
  toState: string;
  reason: string | null;
  detail: string | null;
  commandId: string | null;
  traceparent: string | null;
}

/** One story out of what the services keep, oldest first. */
export function timelineOf(history: History): TimelineEntry[] {
  const entries = [
    ...enrollmentEntries(history.enrollment),
    ...history.commands.flatMap(commandEntries),
    ...history.pushes.map(pushEntry),
    ...history.reports.map(reportEntry),
    ...history.updates.map(updateEntry),
  ];
  return entries.toSorted((a, b) => a.at.localeCompare(b.at));
}

function entry(at: Date, kind: string, text: string, more: Partial<TimelineEntry>, traceparent?: string | null) {
  const traceId = traceIdOf(traceparent);
  return { at: at.toISOString(), kind, text, ...more, ...(traceId === undefined ? {} : { traceId }) };
}

function enrollmentEntries(enrollment: History['enrollment']): TimelineEntry[] {
  if (!enrollment) return [];
  const entries: TimelineEntry[] = [];
  const again = enrollment.generation > 1 ? ` (enrollment number ${enrollment.generation})` : '';
  if (enrollment.enrolledAt) entries.push(entry(enrollment.enrolledAt, 'enrolled', `enrolled${again}`, {}));
  if (enrollment.leftAt) entries.push(entry(enrollment.leftAt, 'left', 'left management', {}));
  return entries;
}

function commandEntries(row: CommandRow): TimelineEntry[] {
  const more = { commandId: row.commandId, requestType: row.requestType };
  const wait = row.notBefore ? `, not before ${row.notBefore.toISOString()}` : '';
  const entries = [entry(row.createdAt, 'queued', `${row.requestType} queued${wait}`, more, row.traceparent)];
  if (row.sentAt) {
    const times = row.sentCount > 1 ? `, ${row.sentCount} times by now` : '';
    entries.push(
      entry(
        row.sentAt,
        'handed-over',
        `${row.requestType} handed ${row.handedTo === null ? 'over' : `to ${row.handedTo}`}${times}`,
        more,
        row.traceparent,
      ),
    );
  }
  const unanswered = ['expired', 'unanswered', 'voided', 'superseded', 'cancelled', 'revoked', 'refused'].includes(
    row.state,
  );
  if (row.finishedAt && unanswered) {
    const why = row.detail === null ? '' : `: ${row.detail}`;
    entries.push(entry(row.finishedAt, row.state, `${row.requestType} ${row.state}${why}`, more, row.traceparent));
  }
  return entries;
}

function pushEntry(row: History['pushes'][number]): TimelineEntry {
  const why = row.reason ? ` (${row.reason})` : '';
  return entry(row.at, 'push', `push ${row.outcome}${why}`, {}, row.traceparent);
}

function reportEntry(row: ReportRow): TimelineEntry {
  const more: Partial<TimelineEntry> = { requestType: row.requestType };
  if (row.commandId) more.commandId = row.commandId;
  if (row.errorChain) more.errorChain = row.errorChain;
  const explanation = row.explanation ? `: ${row.explanation}` : '';
  return entry(row.at, 'answer', `${row.requestType} answered ${row.status}${explanation}`, more, row.traceparent);
}

function updateEntry(row: UpdateRow): TimelineEntry {
  const more: Partial<TimelineEntry> = { rolloutId: row.rolloutId };
  if (row.commandId) more.commandId = row.commandId;
  const why = row.detail ?? row.reason;
  return entry(row.at, 'update', `${row.fromState} → ${row.toState}${why ? `: ${why}` : ''}`, more, row.traceparent);
}
