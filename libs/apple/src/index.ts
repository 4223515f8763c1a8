export { AppleError } from './apple-error.ts';
export { MessageError } from './fields.ts';

export { PlistError } from './plist/plist-error.ts';
export type { PlistErrorCode } from './plist/plist-error.ts';
export { isDict } from './plist/plist-value.ts';
export type { PlistDict, PlistInput, PlistValue } from './plist/plist-value.ts';
export { parsePlist } from './plist/parse.ts';
export type { PlistLimits } from './plist/parse.ts';
export { buildPlist, commandPlist, plistDictFragment } from './plist/build.ts';

export { CheckinError } from './checkin/checkin-error.ts';
export { checkinJson } from './checkin/checkin-json.ts';
export type { CheckinJson, ServerMessage } from './checkin/checkin-json.ts';
export { enrollmentIdOf, SHARED_IPAD_USER_ID } from './checkin/enrollment-id.ts';
export type { EnrollmentId, EnrollmentIds, EnrollmentKind } from './checkin/enrollment-id.ts';
export type * from './checkin/messages.ts';
export { parseCheckin } from './checkin/parse-checkin.ts';
export { redactCheckin } from './checkin/redact-checkin.ts';

export { readErrorChain } from './connect/error-chain.ts';
export type { ErrorChainItem } from './connect/error-chain.ts';
export { ConnectError, parseConnect } from './connect/parse-connect.ts';
export type { ConnectMessage, ConnectStatus } from './connect/parse-connect.ts';
export {
  readAvailableUpdates,
  readScanInitiated,
  readUpdateResults,
  readUpdateStatus,
} from './connect/update-answers.ts';
export type { AvailableUpdate, UpdateResult, UpdateStatus } from './connect/update-answers.ts';
export { readDeviceInformation } from './connect/device-information.ts';
export type { DeviceInformation } from './connect/device-information.ts';

export { readClientCapabilities } from './ddm/client-capabilities.ts';
export type { ClientCapabilities } from './ddm/client-capabilities.ts';
export { declarationKindOf } from './ddm/declaration-kind.ts';
export type { DeclarationKind } from './ddm/declaration-kind.ts';
export {
  activation,
  configurationsOf,
  declarationTypesFor,
  statusItemsFor,
  statusSubscriptions,
} from './ddm/declarations.ts';
export type { TypedDeclaration } from './ddm/declarations.ts';
export { declarationsTokenOf, serverTokenOf } from './ddm/server-token.ts';
export { declarationDocument, declarationItemsDocument, tokensDocument } from './ddm/sync-documents.ts';
export type { DeclarationItem } from './ddm/sync-documents.ts';
export { parseStatusReport, readStatusReasons } from './ddm/status-report.ts';
export type { StatusItemError, StatusReason, StatusReport } from './ddm/status-report.ts';
export { StatusReportError } from './ddm/status-report-error.ts';

export {
  availableOsUpdates,
  declarativeManagement,
  DEVICE_INFORMATION_QUERIES,
  deviceInformation,
  osUpdateStatus,
  scheduleOsUpdate,
  scheduleOsUpdateScan,
} from './commands/commands.ts';
export type { Command, DeviceInformationQuery, InstallAction, ScheduledUpdate } from './commands/commands.ts';
export { installActionsOf } from './commands/install-actions.ts';

export { declarationUnfitFor, supports, supportsDeclaration, unfitFor, unfitKeys } from './schema/fit.ts';
export type * from './schema/model.ts';
export type { CommandTarget, CommandUnfit } from './schema/fit.ts';
export {
  strangeKeys,
  validateCommand,
  validateDeclaration,
  validateDocument,
  validateFacts,
} from './schema/validate.ts';
export type { Fault } from './schema/validate.ts';
export type { Commands } from './generated/commands.ts';
export type { Declarations } from './generated/declarations.ts';
export type { Documents } from './generated/documents.ts';
export { STATUS_ITEMS } from './generated/status-items.ts';

export { classifyErrorChain, ERROR_CLASSES } from './errors/classify.ts';
export type { Classification, ErrorClass, Retry } from './errors/classify.ts';

export { compareOsVersions, isOsVersion, majorOf, osVersionKey } from './versions/os-version.ts';
export { platformOf } from './versions/platform.ts';
export type { Platform } from './versions/platform.ts';
export { ddmEnforcementSupported, mdmUpdateCommandsSupported } from './versions/lanes.ts';

export { SignatureError } from './identity/signature-error.ts';
export type { SignatureErrorCode } from './identity/signature-error.ts';
export { ChainCache } from './identity/chain-cache.ts';
export { checkClientCertificate, trustAnchors } from './identity/trust.ts';
export type { CheckedCertificate, TrustAnchors } from './identity/checked-certificate.ts';
export type { ChainOptions } from './identity/trust.ts';
export { certificateHash } from './identity/certificate.ts';
export { certificateNames } from './identity/names.ts';
export { signerCertificate, verifyMdmSignature } from './identity/verify.ts';
export type { SignatureOptions } from './identity/verify.ts';
export { signContent, signMdmBody } from './identity/sign.ts';
export type { DeviceIdentity } from './identity/sign.ts';

export { accessRightsFit, ALL_ACCESS_RIGHTS, enrollmentProfile } from './profiles/enrollment-profile.ts';
export type { EnrollmentProfile } from './profiles/enrollment-profile.ts';
export { subjectName } from './profiles/identity-payloads.ts';
export type { AcmeIdentity, IdentitySource, ScepIdentity, SubjectName } from './profiles/identity-payloads.ts';

export { FeedError } from './feeds/feed-error.ts';
export { isSeedBuild } from './feeds/listed.ts';
export type { FeedOs, ListedProduct, ListedRelease, ReleaseSet } from './feeds/listed.ts';
export { parseGdmf } from './feeds/parse-gdmf.ts';
export { FEED_READER, readFeed } from './feeds/read-feed.ts';
export type { Feed, FeedKind } from './feeds/read-feed.ts';

export {
  acknowledgedFixture,
  authenticateFixture,
  checkOutFixture,
  errorFixture,
  FIXTURE_TOPIC,
  FIXTURE_UDID,
  FIXTURE_USER_ID,
  getBootstrapTokenFixture,
  getTokenFixture,
  idleFixture,
  notNowFixture,
  returnToServiceFixture,
  setBootstrapTokenFixture,
  tokenUpdateFixture,
  userAuthenticateFixture,
  userTokenUpdateFixture,
} from './fixtures/messages.ts';
export {
  AVAILABLE_UPDATES,
  DEVICE_INFORMATION,
  NO_UPDATE_CHAIN,
  SCAN_INITIATED,
  UPDATE_RESULTS,
  UPDATE_STATUS,
} from './fixtures/answers.ts';
