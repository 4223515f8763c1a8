/** What sessions count, of all devices together. */
export const newCounts = () => ({
  requests: 0,
  sessions: 0,
  answers: {} as Record<string, number>,
  httpErrors: {} as Record<string, number>,
  linesLost: 0,
  dropped: 0,
  duplicates: 0,
  retries: 0,
  unauthorized: 0,
  unrecognized: 0,
  badReplies: 0,
  /** Of declarative management: syncs, declarations fetched, status reports. */
  syncs: 0,
  declarations: 0,
  statusReports: 0,
});
