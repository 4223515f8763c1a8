import { parsePlist, PlistError, validateCommand } from '@lamplighter/apple';
import type { CommandBody } from '@lamplighter/contracts';
import { hash } from 'node:crypto';

const KEPT = 2_000;
const MOST_SAID = 5;
/** What is longer is remembered by its hash: a profile may have half a megabyte, and each device one of its own. */
const LONGEST_KEY = 1_000;
const known = new Map<string, string>();

/** What is wrong with a body, in plain words without its values; empty where a device may be given it. */
export function faultsOf(body: CommandBody): string {
  // A wave's messages repeat one body many times over.
  const key = keyOf(body);
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const faults = judge(body);
  if (known.size >= KEPT) known.clear();
  known.set(key, faults);
  return faults;
}

function keyOf({ requestType, command }: CommandBody): string {
  const text = `${requestType} ${command}`;
  return text.length <= LONGEST_KEY ? text : hash('sha256', text, 'base64url');
}

function judge({ requestType, command }: CommandBody): string {
  let value;
  try {
    value = parsePlist(`<plist version="1.0">${command}</plist>`);
  } catch (error) {
    if (error instanceof PlistError) return error.message;
    throw error;
  }
  if (!isDict(value)) return 'it is no dictionary';
  if (value['RequestType'] !== undefined && value['RequestType'] !== requestType) {
    return `its RequestType is not the ${requestType} that it was sent as`;
  }
  const faults = validateCommand(value).map(({ path, message }) => `${path} ${message}`.trim());
  const more = faults.length > MOST_SAID ? `, and ${faults.length - MOST_SAID} more` : '';
  return faults.slice(0, MOST_SAID).join(', ') + more;
}

function isDict(value: unknown): value is Parameters<typeof validateCommand>[0] {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date || Buffer.isBuffer(value))
  );
}
