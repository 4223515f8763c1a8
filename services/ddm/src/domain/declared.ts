import { readStatusReasons, type DeclarationKind } from '@lamplighter/apple';

export interface DeclarationReason {
  code: string;
  description?: string;
  /** What it is about: the configurations that are missing, the keys that it does not take. Large ones are left out; the report has them. */
  details?: Record<string, unknown>;
}

/** What a device says of one declaration: declarative/status/management.declarations.yaml. */
export interface DeclarationStatus {
  kind: DeclarationKind;
  identifier: string;
  serverToken: string;
  active: boolean;
  /** `unknown`, `invalid` or `valid`; later OS versions may have more. */
  valid: string;
  reasons: DeclarationReason[];
}

const KINDS: readonly (readonly [string, DeclarationKind])[] = [
  ['activations', 'activation'],
  ['configurations', 'configuration'],
  ['assets', 'asset'],
  ['management', 'management'],
];
const MOST = 1_000;
const MOST_REASONS = 20;
const LONGEST_REASON = 1_000;
/** Characters of JSON. */
const LONGEST_DETAILS = 4_000;

/** Reads the status item; entries that say less than an identifier are left out. Undefined where it says nothing of any kind. */
export function readDeclared(value: unknown): { kinds: DeclarationKind[]; statuses: DeclarationStatus[] } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const dict = value as Record<string, unknown>;
  const present = KINDS.filter(([key]) => Array.isArray(dict[key]));
  if (present.length === 0) return undefined;
  const found = new Map<string, DeclarationStatus>();
  for (const [key, kind] of present) {
    for (const entry of (dict[key] as unknown[]).slice(0, MOST)) {
      const status = statusOf(kind, entry);
      if (status) found.set(`${kind} ${status.identifier}`, status);
    }
  }
  return { kinds: present.map(([, kind]) => kind), statuses: [...found.values()] };
}

function statusOf(kind: DeclarationKind, entry: unknown): DeclarationStatus | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { identifier, active, valid, reasons, ...rest } = entry as Record<string, unknown>;
  if (typeof identifier !== 'string' || identifier.length > 200) return undefined;
  return {
    kind,
    identifier,
    serverToken: textOf(rest['server-token'], 200),
    active: active === true,
    valid: textOf(valid, 40) || 'unknown',
    reasons: Array.isArray(reasons) ? reasons.slice(0, MOST_REASONS).flatMap(reasonOf) : [],
  };
}

function reasonOf(given: unknown): DeclarationReason[] {
  return readStatusReasons([given]).map(({ code, description }) => {
    const details = (given as Record<string, unknown>)['details'];
    const isDict = typeof details === 'object' && details !== null && !Array.isArray(details);
    return {
      code: code.slice(0, 200),
      ...(description === undefined ? {} : { description: description.slice(0, LONGEST_REASON) }),
      ...(isDict && JSON.stringify(details).length <= LONGEST_DETAILS ? { details: { ...details } } : {}),
    };
  });
}

function textOf(value: unknown, most: number): string {
  return typeof value === 'string' ? value.slice(0, most) : '';
}
