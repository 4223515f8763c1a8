import type { PlistDict } from '../plist/plist-value.ts';
import type { EnrollmentIds } from './enrollment-id.ts';

interface Message {
  readonly ids: EnrollmentIds;
}

/** What Authenticate tells of the device, as far as it does. */
export interface AuthenticateFacts {
  readonly serialNumber?: string;
  readonly deviceName?: string;
  readonly model?: string;
  readonly modelName?: string;
  readonly productName?: string;
  readonly osVersion?: string;
  readonly buildVersion?: string;
  readonly imei?: string;
  readonly meid?: string;
}

/** mdm/checkin/authenticate.yaml. A repeat means re-enrollment. */
export interface Authenticate extends Message {
  readonly messageType: 'Authenticate';
  readonly topic: string;
  readonly facts: AuthenticateFacts;
}

/** mdm/checkin/tokenupdate.yaml. Absence of unlockToken does not void an earlier one. */
export interface TokenUpdate extends Message {
  readonly messageType: 'TokenUpdate';
  readonly topic: string;
  readonly token: Buffer;
  readonly pushMagic: string;
  readonly unlockToken?: Buffer;
  readonly awaitingConfiguration?: boolean;
  /** User channel on macOS: the user is not at the console. */
  readonly notOnConsole?: boolean;
}

/** mdm/checkin/checkout.yaml */
export interface CheckOut extends Message {
  readonly messageType: 'CheckOut';
  readonly topic?: string;
}

/** mdm/checkin/userauthenticate.yaml. The first call has no digestResponse. */
export interface UserAuthenticate extends Message {
  readonly messageType: 'UserAuthenticate';
  readonly digestResponse?: string;
}

/** mdm/checkin/setbootstraptoken.yaml. No token, or an empty one, deletes the stored one. */
export interface SetBootstrapToken extends Message {
  readonly messageType: 'SetBootstrapToken';
  readonly bootstrapToken?: Buffer;
  readonly awaitingConfiguration?: boolean;
}

/** mdm/checkin/getbootstraptoken.yaml */
export interface GetBootstrapToken extends Message {
  readonly messageType: 'GetBootstrapToken';
  readonly awaitingConfiguration?: boolean;
}

/** mdm/checkin/gettoken.yaml */
export interface GetToken extends Message {
  readonly messageType: 'GetToken';
  readonly tokenServiceType: string;
  readonly tokenParameters?: PlistDict;
}

/** mdm/checkin/returntoservice.yaml (iOS 26): the device asks whether to erase itself and enroll again. */
export interface ReturnToService extends Message {
  readonly messageType: 'ReturnToService';
}

/** mdm/checkin/declarativemanagement.yaml */
export interface DeclarativeManagement extends Message {
  readonly messageType: 'DeclarativeManagement';
  /** `tokens`, `declaration-items`, `declaration/<type>/<id>` or `status`. */
  readonly endpoint: string;
  /** JSON; with `status` the StatusReport. */
  readonly data?: Buffer;
}

export type CheckinMessage =
  | Authenticate
  | TokenUpdate
  | CheckOut
  | UserAuthenticate
  | SetBootstrapToken
  | GetBootstrapToken
  | GetToken
  | ReturnToService
  | DeclarativeManagement;
