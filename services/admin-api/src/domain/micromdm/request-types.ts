import type { Fields, Group } from './fields.ts';

const list = (fields: Fields): Group => ({ list: true, fields });
const one = (fields: Fields): Group => ({ list: false, fields });
const identifiers: Fields = { identifiers: ['Identifiers', 'texts'] };
const message: Fields = { message: ['Message', 'text'], phone_number: ['PhoneNumber', 'text'] };
const passwords: Fields = {
  current_password: ['CurrentPassword', 'text'],
  new_password: ['NewPassword', 'new-password'],
  request_requires_network_tether: ['RequestRequiresNetworkTether', 'flag'],
  allow_oroms: ['AllowOroms', 'flag'],
};

const update: Fields = {
  product_key: ['ProductKey', 'text'],
  install_action: ['InstallAction', 'text'],
  max_user_deferrals: ['MaxUserDeferrals', 'integer'],
  product_version: ['ProductVersion', 'text'],
  priority: ['Priority', 'text'],
};

const adminAccount: Fields = {
  short_name: ['shortName', 'text'],
  full_name: ['fullName', 'text'],
  password_hash: ['passwordHash', 'data'],
  hidden: ['hidden', 'flag'],
};

const setting: Fields = {
  item: ['Item', 'text'],
  enabled: ['Enabled', 'flag'],
  device_name: ['DeviceName', 'text'],
  hostname: ['HostName', 'text'],
  identifier: ['Identifier', 'text'],
  time_zone: ['TimeZone', 'text'],
  attributes: ['Attributes', 'any'],
  image: ['Image', 'data'],
  where: ['Where', 'integer'],
  mdm_options: ['MDMOptions', 'any'],
  passcode_lock_grace_period: ['PasscodeLockGracePeriod', 'integer'],
  maximum_resident_users: ['MaximumResidentUsers', 'integer'],
  configuration: ['Configuration', 'plist'],
};

const lomRequest: Fields = {
  device_dns_name: ['DeviceDNSName', 'text'],
  device_request_type: ['DeviceRequestType', 'text'],
  device_request_uuid: ['DeviceRequestUUID', 'text'],
  lom_protocol_version: ['LOMProtocolVersion', 'integer'],
  // MicroMDM's own spelling.
  primary_id_v6_address_list: ['PrimaryIPv6AddressList', 'texts'],
  secondary_ip_v6_address_list: ['SecondaryIPv6AddressList', 'texts'],
};

const bare = [
  'ActivationLockBypassCode',
  'AvailableOSUpdates',
  'CertificateList',
  'ClearRestrictionsPassword',
  'DeviceConfigured',
  'DeviceLocation',
  'DisableLostMode',
  'DisableRemoteDesktop',
  'EnableRemoteDesktop',
  'LogOutUser',
  'ManagedMediaList',
  'NSExtensionMappings',
  'OSUpdateStatus',
  'PlayLostModeSound',
  'ProfileList',
  'ProvisioningProfileList',
  'RestartDevice',
  'SecurityInfo',
  'ShutDownDevice',
  'StopMirroring',
  'UserList',
];

/** The request types of MicroMDM's JSON form, with the fields of each. */
export const requestTypes: ReadonlyMap<string, Fields> = new Map<string, Fields>([
  ...bare.map((name) => [name, {}] as const),
  ['ScheduleOSUpdate', { updates: ['Updates', list(update)] }],
  ['ScheduleOSUpdateScan', { force: ['Force', 'flag'] }],
  ['DeviceInformation', { queries: ['Queries', 'texts'] }],
  [
    'InstalledApplicationList',
    {
      ...identifiers,
      managed_apps_only: ['ManagedAppsOnly', 'flag'],
      // MicroMDM's own spelling.
      managed_appd_only: ['ManagedAppsOnly', 'flag'],
    },
  ],
  ['ManagedApplicationList', identifiers],
  ['ManagedApplicationConfiguration', identifiers],
  ['ManagedApplicationAttributes', identifiers],
  ['ManagedApplicationFeedback', { ...identifiers, delete_feedback: ['DeleteFeedback', 'flag'] }],
  ['ValidateApplications', identifiers],
  ['InstallProfile', { payload: ['Payload', 'data'] }],
  ['RemoveProfile', { identifier: ['Identifier', 'text'] }],
  ['InstallProvisioningProfile', { provisioning_profile: ['ProvisioningProfile', 'data'] }],
  ['RemoveProvisioningProfile', { uuid: ['UUID', 'text'] }],
  ['DeviceLock', { pin: ['PIN', 'text'], ...message }],
  ['ClearPasscode', { unlock_token: ['UnlockToken', 'data'] }],
  [
    'EraseDevice',
    {
      pin: ['PIN', 'text'],
      preserve_data_plan: ['PreserveDataPlan', 'flag'],
      disallow_proximity_setup: ['DisallowProximitySetup', 'flag'],
    },
  ],
  ['EnableLostMode', { ...message, footnote: ['Footnote', 'text'] }],
  [
    'RequestMirroring',
    {
      destination_name: ['DestinationName', 'text'],
      destination_device_id: ['DestinationDeviceID', 'text'],
      scan_time: ['ScanTime', 'text'],
      password: ['Password', 'text'],
    },
  ],
  ['Restrictions', { profile_restrictions: ['ProfileRestrictions', 'flag'] }],
  ['UnlockUserAccount', { username: ['UserName', 'text'] }],
  ['DeleteUser', { username: ['UserName', 'text'], force_deletion: ['ForceDeletion', 'flag'] }],
  [
    'InstallApplication',
    {
      itunes_store_id: ['iTunesStoreID', 'integer'],
      identifier: ['Identifier', 'text'],
      management_flags: ['ManagementFlags', 'integer'],
      change_management_state: ['ChangeManagementState', 'text'],
      manifest_url: ['ManifestURL', 'text'],
      options: ['Options', one({ purchase_method: ['PurchaseMethod', 'integer'] })],
      configuration: ['Configuration', 'any'],
      attributes: ['Attributes', 'any'],
    },
  ],
  [
    'InstallEnterpriseApplication',
    {
      manifest: ['Manifest', 'any'],
      manifest_url: ['ManifestURL', 'text'],
      manifest_url_pinning_certs: ['ManifestURLPinningCerts', 'datas'],
      pinning_revocation_check_required: ['PinningRevocationCheckRequired', 'flag'],
    },
  ],
  ['RemoveApplication', { identifier: ['Identifier', 'text'] }],
  ['ApplyRedemptionCode', { identifier: ['Identifier', 'text'], redemption_code: ['RedemptionCode', 'text'] }],
  ['InviteToProgram', { program_id: ['ProgramID', 'text'], invitation_url: ['InvitationURL', 'text'] }],
  [
    'InstallMedia',
    {
      itunes_store_id: ['iTunesStoreID', 'integer'],
      media_url: ['MediaURL', 'text'],
      media_type: ['MediaType', 'text'],
    },
  ],
  [
    'RemoveMedia',
    {
      itunes_store_id: ['iTunesStoreID', 'integer'],
      media_type: ['MediaType', 'text'],
      persistent_id: ['PersistentID', 'text'],
    },
  ],
  [
    'AccountConfiguration',
    {
      skip_primary_setup_account_creation: ['SkipPrimarySetupAccountCreation', 'flag'],
      set_primary_setup_account_as_regular_user: ['SetPrimarySetupAccountAsRegularUser', 'flag'],
      dont_auto_populate_primary_account_info: ['DontAutoPopulatePrimaryAccountInfo', 'flag'],
      lock_primary_account_info: ['LockPrimaryAccountInfo', 'flag'],
      primary_account_full_name: ['PrimaryAccountFullName', 'text'],
      primary_account_user_name: ['PrimaryAccountUserName', 'text'],
      auto_setup_admin_accounts: ['AutoSetupAdminAccounts', list(adminAccount)],
    },
  ],
  ['Settings', { settings: ['Settings', list(setting)] }],
  ['SetFirmwarePassword', passwords],
  ['VerifyFirmwarePassword', { password: ['Password', 'text'] }],
  ['SetRecoveryLock', passwords],
  ['VerifyRecoveryLock', { password: ['Password', 'text'] }],
  ['SetAutoAdminPassword', { guid: ['GUID', 'text'], password_hash: ['passwordHash', 'data'] }],
  ['ActiveNSExtensions', { filter_extensions_points: ['FilterExtensionPoints', 'texts'] }],
  [
    'RotateFileVaultKey',
    {
      key_type: ['KeyType', 'text'],
      filevault_unlock: [
        'FileVaultUnlock',
        one({
          password: ['Password', 'text'],
          private_key_export: ['PrivateKeyExport', 'data'],
          private_key_export_password: ['PrivateKeyExportPassword', 'text'],
        }),
      ],
      new_certificate: ['NewCertificate', 'data'],
      reply_encryption_certificate: ['ReplyEncryptionCertificate', 'data'],
    },
  ],
  ['LOMDeviceRequest', { request_list: ['RequestList', list(lomRequest)] }],
  ['LOMSetupRequest', { request_requires_network_tether: ['RequestRequiresNetworkTether', 'flag'] }],
  ['RefreshCellularPlans', { esim_server_url: ['eSIMServerURL', 'text'] }],
]);
