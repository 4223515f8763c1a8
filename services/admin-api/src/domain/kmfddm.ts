/** Lists by device id, as KMFDDM writes them. */
export type ByDevice<T> = Record<string, T[]>;

/** What a device said, and in which report. */
export interface StoredReport {
  deviceId: string;
  reportId: string;
  at: Date;
  report: Record<string, unknown>;
}

/** What a device said of a declaration. */
export interface ReportedDeclaration {
  deviceId: string;
  kind: string;
  identifier: string;
  serverToken: string;
  active: boolean;
  valid: string;
  reasons: unknown[];
  reportedAt: Date;
  /** Null where the report is kept no more. */
  reportId: string | null;
  /** Whether that is the content that there is now; null where the declaration is gone. */
  isCurrent: boolean | null;
}

const MANIFEST_TYPE: Readonly<Record<string, string>> = {
  activation: 'activations',
  asset: 'assets',
  configuration: 'configurations',
  management: 'management',
};
const MOST_ERRORS = 10;
const DECLARATIONS = '.StatusItems.management.declarations';

/** Go writes whole seconds. */
const timeOf = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

export function statusesOf(deviceIds: readonly string[], declared: readonly ReportedDeclaration[]): ByDevice<object> {
  return byDevice(deviceIds, declared, (one) => ({
    identifier: one.identifier,
    active: one.active,
    valid: one.valid,
    'server-token': one.serverToken,
    ManifestType: MANIFEST_TYPE[one.kind],
    current: one.isCurrent === true,
    status_received: timeOf(one.reportedAt),
    ...(one.reasons.length > 0 ? { reasons: one.reasons } : {}),
    ...(one.reportId === null ? {} : { status_id: one.reportId }),
  }));
}

/** Errors of reports, newest first, and declarations that are neither active nor valid. */
export function errorsOf(
  deviceIds: readonly string[],
  reports: readonly StoredReport[],
  declared: readonly ReportedDeclaration[],
): ByDevice<object> {
  const ofReports = reports.toReversed().flatMap(({ deviceId, report, at, reportId }) => {
    const errors = Array.isArray(report['Errors']) ? (report['Errors'] as unknown[]) : [];
    return errors.map((error) => ({
      deviceId,
      said: { path: '.Errors', error, timestamp: timeOf(at), status_id: reportId },
    }));
  });
  const ofDeclarations = declared
    .filter(({ active, valid }) => !active && valid === 'invalid')
    .map(({ deviceId, kind, identifier, reasons, reportedAt, reportId }) => ({
      deviceId,
      said: {
        path: `${DECLARATIONS}.${MANIFEST_TYPE[kind]}`,
        error: { identifier, reasons },
        timestamp: timeOf(reportedAt),
        ...(reportId === null ? {} : { status_id: reportId }),
      },
    }));
  const all = byDevice(deviceIds, [...ofReports, ...ofDeclarations], ({ said }) => said);
  return Object.fromEntries(Object.entries(all).map(([id, list]) => [id, list.slice(0, MOST_ERRORS)]));
}

/**
 * The newest value of each leaf of the reports' status items; declarations apart, which have their own list.
 * @param prefix as SQL's LIKE has it; empty: all
 */
export function valuesOf(
  deviceIds: readonly string[],
  reports: readonly StoredReport[],
  prefix: string,
): ByDevice<object> {
  const wanted = likeOf(prefix);
  const values = new Map<string, { deviceId: string; said: object }>();
  for (const { deviceId, report, at, reportId } of reports) {
    for (const [path, value] of leavesOf('.StatusItems', report['StatusItems'])) {
      if (path.startsWith(DECLARATIONS) || !wanted.test(path)) continue;
      // Members of a list share a path: of those each stays.
      const key = path.endsWith('[]') ? `${path} ${value}` : path;
      const said = { path: path.replaceAll('[]', ''), value, timestamp: timeOf(at), status_id: reportId };
      values.set(`${deviceId} ${key}`, { deviceId, said });
    }
  }
  return byDevice(deviceIds, [...values.values()], ({ said }) => said);
}

const MOST_LEAVES = 10_000;

function leavesOf(root: string, value: unknown): [path: string, value: string][] {
  const leaves: [string, string][] = [];
  const open: [string, unknown][] = [[root, value]];
  while (open.length > 0 && leaves.length < MOST_LEAVES) {
    const [path, inner] = open.pop()!;
    if (Array.isArray(inner)) open.push(...inner.map((one): [string, unknown] => [`${path}[]`, one]).toReversed());
    else if (typeof inner === 'object' && inner !== null) {
      open.push(
        ...Object.entries(inner)
          .map(([key, one]): [string, unknown] => [`${path}.${key}`, one])
          .toReversed(),
      );
    } else if (inner !== undefined) leaves.push([path, typeof inner === 'string' ? inner : JSON.stringify(inner)]);
  }
  return leaves;
}

function likeOf(prefix: string): RegExp {
  if (prefix === '') return /^/;
  const escaped = prefix.slice(0, 500).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/%+/g, '.*').replaceAll('_', '.')}$`, 's');
}

function byDevice<T extends { deviceId: string }, U>(
  deviceIds: readonly string[],
  all: readonly T[],
  shown: (one: T) => U,
): ByDevice<U> {
  const groups = Map.groupBy(all, ({ deviceId }) => deviceId);
  const result = Object.create(null) as ByDevice<U>;
  for (const id of deviceIds) result[id] = (groups.get(id) ?? []).map(shown);
  return result;
}
