import { textIn } from '../fields.ts';
import type { FieldFault } from '../fields.ts';
import type { PlistDict } from '../plist/plist-value.ts';

/** Who speaks, as the device put it. Exactly one of `udid` and `enrollmentId` is there. */
export interface EnrollmentIds {
  readonly udid?: string;
  /** User enrollments only. */
  readonly enrollmentId?: string;
  /** User channel of a device enrollment. */
  readonly userId?: string;
  readonly userShortName?: string;
  readonly userLongName?: string;
  /** User channel of a user enrollment. */
  readonly enrollmentUserId?: string;
}

export type EnrollmentKind = 'device' | 'user' | 'user-enrollment' | 'shared-ipad';

export interface EnrollmentId {
  /** `UDID`, `EnrollmentID`, `UDID:UserID`, `EnrollmentID:EnrollmentUserID`, or `UDID:UserShortName` on Shared iPad. */
  readonly deviceId: string;
  readonly kind: EnrollmentKind;
  /** Of a user channel: the id of its device channel. */
  readonly parentId?: string;
}

/** What every Shared iPad user has as UserID (Apple, TokenUpdateRequest). */
export const SHARED_IPAD_USER_ID = 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF';

const DEVICE_ID = /^[0-9A-Za-z._-]{1,100}$/;
const MAX_USER_ID = 150;
const DEVICE_KEYS = ['UDID', 'EnrollmentID'];
const USER_KEYS = ['UserID', 'UserShortName', 'EnrollmentUserID'];

/** Reads and checks the id keys of a check-in or connect message. No colon can be in a device's id, so ids never collide. */
export function readIds(dict: PlistDict, fault: FieldFault): EnrollmentIds {
  const found = DEVICE_KEYS.filter((key) => dict[key] !== undefined);
  if (found.length === 0) throw fault('missing-key', 'UDID', 'this or EnrollmentID');
  if (found.length === 2) throw fault('invalid-key', 'EnrollmentID', 'never beside UDID');
  const key = found[0] ?? 'UDID';
  const id = textIn(dict, key) ?? '';
  if (!DEVICE_ID.test(id)) throw fault('invalid-key', key, 'an id of letters, digits, dots and dashes');
  const ids: Record<string, string> = key === 'UDID' ? { udid: id } : { enrollmentId: id };
  for (const userKey of USER_KEYS) readUserKey(dict, userKey, ids, fault);
  const longName = textIn(dict, 'UserLongName');
  if (longName !== undefined) ids['userLongName'] = longName.slice(0, MAX_USER_ID);
  if (ids['userId'] === SHARED_IPAD_USER_ID && ids['userShortName'] === undefined) {
    throw fault('missing-key', 'UserShortName', 'the managed account of a Shared iPad user');
  }
  return ids;
}

function readUserKey(dict: PlistDict, key: string, ids: Record<string, string>, fault: FieldFault): void {
  if (dict[key] === undefined) return;
  const value = textIn(dict, key);
  if (value === undefined || value.length > MAX_USER_ID)
    throw fault('invalid-key', key, `a string of at most ${MAX_USER_ID}`);
  if (value !== '') ids[PROPERTY[key] ?? key] = value;
}

const PROPERTY: Readonly<Record<string, string>> = {
  UserID: 'userId',
  UserShortName: 'userShortName',
  EnrollmentUserID: 'enrollmentUserId',
};

/** The id under which an enrollment is stored, its kind, and the device channel above it. */
export function enrollmentIdOf(message: { readonly ids: EnrollmentIds }): EnrollmentId {
  const { udid, enrollmentId, userId, userShortName, enrollmentUserId } = message.ids;
  if (enrollmentId !== undefined) {
    if (enrollmentUserId === undefined) return { deviceId: enrollmentId, kind: 'user-enrollment' };
    return {
      deviceId: `${enrollmentId}:${enrollmentUserId}`,
      kind: 'user-enrollment',
      parentId: enrollmentId,
    };
  }
  const device = udid ?? '';
  if (userId === undefined) return { deviceId: device, kind: 'device' };
  if (userId === SHARED_IPAD_USER_ID) {
    return { deviceId: `${device}:${userShortName ?? ''}`, kind: 'shared-ipad', parentId: device };
  }
  return { deviceId: `${device}:${userId}`, kind: 'user', parentId: device };
}
