import { readIds } from '../checkin/enrollment-id.ts';
import type { EnrollmentIds } from '../checkin/enrollment-id.ts';
import { flagIn, MessageError, requiredText } from '../fields.ts';
import type { FieldFault } from '../fields.ts';
import { isDict } from '../plist/plist-value.ts';
import type { PlistDict, PlistValue } from '../plist/plist-value.ts';
import { readErrorChain } from './error-chain.ts';
import type { ErrorChainItem } from './error-chain.ts';

export type ConnectStatus = 'Idle' | 'Acknowledged' | 'Error' | 'CommandFormatError' | 'NotNow';

/** What a device PUTs to its ServerURL. */
export interface ConnectMessage {
  readonly status: ConnectStatus;
  /** Absent on Idle, present on all else. */
  readonly commandUuid?: string;
  readonly ids: EnrollmentIds;
  /** Empty unless something failed. */
  readonly errorChain: readonly ErrorChainItem[];
  /** A user waits at the login window: send everything now. */
  readonly needSyncResponse: boolean;
  /** The whole message: the response keys of the command are in here. */
  readonly rest: PlistDict;
}

/** Codes: `connect.not-a-dict`, `connect.missing-key`, `connect.invalid-key`. */
export class ConnectError extends MessageError {}

const STATUSES: ReadonlySet<string> = new Set(['Idle', 'Acknowledged', 'Error', 'CommandFormatError', 'NotNow']);
const MAX_COMMAND_UUID = 200;

const fault: FieldFault = (problem, key, expected) =>
  new ConnectError(
    `connect.${problem}`,
    `connect message: key ${key} ${problem === 'missing-key' ? 'is missing' : 'is invalid'}; expected ${expected}`,
    key,
  );

/** Throws ConnectError naming the key that is missing or invalid. Unknown keys are accepted. */
export function parseConnect(plist: PlistValue): ConnectMessage {
  if (!isDict(plist)) throw new ConnectError('connect.not-a-dict', 'connect message: the plist is not a dict');
  const status = requiredText(plist, 'Status', fault);
  if (!STATUSES.has(status)) throw fault('invalid-key', 'Status', `one of ${[...STATUSES].join(', ')}`);
  return {
    status: status as ConnectStatus,
    ...(status === 'Idle' ? {} : { commandUuid: commandUuidOf(plist) }),
    ids: readIds(plist, fault),
    errorChain: plist['ErrorChain'] === undefined ? [] : readErrorChain(plist),
    needSyncResponse: flagIn(plist, 'NeedSyncResponse') ?? false,
    rest: plist,
  };
}

function commandUuidOf(plist: PlistDict): string {
  const uuid = requiredText(plist, 'CommandUUID', fault);
  if (uuid.length > MAX_COMMAND_UUID)
    throw fault('invalid-key', 'CommandUUID', `at most ${MAX_COMMAND_UUID} characters`);
  return uuid;
}
