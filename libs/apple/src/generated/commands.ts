// Written by tools/schema from Apple's device-management schema (mdm/commands). Change the generator, not this file.
import type { Facts } from '../schema/model.ts';
import type { PlistInput } from '../plist/plist-value.ts';

export interface Commands {
  /** mdm/commands/system.update.available.yaml */
  readonly AvailableOSUpdates: {
    readonly RequestType: 'AvailableOSUpdates';
  };
  /** mdm/commands/certificate.list.yaml */
  readonly CertificateList: {
    readonly RequestType: 'CertificateList';
    readonly ManagedOnly?: boolean;
  };
  /** mdm/commands/passcode.clear.yaml */
  readonly ClearPasscode: {
    readonly RequestType: 'ClearPasscode';
    readonly UnlockToken: Uint8Array;
  };
  /** mdm/commands/declarativemanagement.yaml */
  readonly DeclarativeManagement: {
    readonly RequestType: 'DeclarativeManagement';
    readonly Data?: Uint8Array;
  };
  /** mdm/commands/information.device.yaml */
  readonly DeviceInformation: {
    readonly RequestType: 'DeviceInformation';
    readonly Queries: readonly ('UDID' | 'ProvisioningUDID' | 'OrganizationInfo' | 'MDMOptions' | 'LastCloudBackupDate' | 'AwaitingConfiguration' | 'iTunesStoreAccountIsActive' | 'iTunesStoreAccountHash' | 'DeviceName' | 'OSVersion' | 'SupplementalOSVersionExtra' | 'BuildVersion' | 'SupplementalBuildVersion' | 'ModelName' | 'Model' | 'ModelNumber' | 'IsAppleSilicon' | 'ProductName' | 'SerialNumber' | 'DeviceCapacity' | 'AvailableDeviceCapacity' | 'IMEI' | 'MEID' | 'ModemFirmwareVersion' | 'CellularTechnology' | 'BatteryLevel' | 'HasBattery' | 'IsSupervised' | 'IsMultiUser' | 'IsDeviceLocatorServiceEnabled' | 'IsActivationLockEnabled' | 'IsActivationLockSupported' | 'IsDoNotDisturbInEffect' | 'DeviceID' | 'EASDeviceIdentifier' | 'IsCloudBackupEnabled' | 'ActiveManagedUsers' | 'OSUpdateSettings' | 'LocalHostName' | 'HostName' | 'AutoSetupAdminAccounts' | 'SystemIntegrityProtectionEnabled' | 'SupportsLOMDevice' | 'IsMDMLostModeEnabled' | 'MaximumResidentUsers' | 'EstimatedResidentUsers' | 'QuotaSize' | 'ResidentUsers' | 'UserSessionTimeout' | 'TemporarySessionTimeout' | 'TemporarySessionOnly' | 'ManagedAppleIDDefaultDomains' | 'OnlineAuthenticationGracePeriod' | 'SkipLanguageAndLocaleSetupForNewUsers' | 'PushToken' | 'DiagnosticSubmissionEnabled' | 'AppAnalyticsEnabled' | 'TimeZone' | 'ICCID' | 'BluetoothMAC' | 'WiFiMAC' | 'EthernetMAC' | 'CurrentCarrierNetwork' | 'SIMCarrierNetwork' | 'SubscriberCarrierNetwork' | 'CarrierSettingsVersion' | 'PhoneNumber' | 'DataRoamingEnabled' | 'VoiceRoamingEnabled' | 'PersonalHotspotEnabled' | 'IsNetworkTethered' | 'IsRoaming' | 'SubscriberMCC' | 'SubscriberMNC' | 'CurrentMCC' | 'CurrentMNC' | 'ServiceSubscriptions' | 'PINRequiredForEraseDevice' | 'PINRequiredForDeviceLock' | 'SupportsiOSAppInstalls' | 'SoftwareUpdateDeviceID' | 'SoftwareUpdateSettings' | 'AccessibilitySettings' | 'DevicePropertiesAttestation' | 'EACSPreflight')[];
    readonly DeviceAttestationNonce?: Uint8Array;
  };
  /** mdm/commands/device.lock.yaml */
  readonly DeviceLock: {
    readonly RequestType: 'DeviceLock';
    readonly Message?: string;
    readonly PhoneNumber?: string;
    readonly PIN?: string;
  };
  /** mdm/commands/application.install.yaml */
  readonly InstallApplication: {
    readonly RequestType: 'InstallApplication';
    readonly iTunesStoreID?: number;
    readonly Identifier?: string;
    readonly Options?: {
      readonly PurchaseMethod?: 0 | 1;
    };
    readonly ManifestURL?: string;
    readonly ManagementFlags?: 1 | 4 | 5;
    readonly Configuration?: { readonly [key: string]: PlistInput | undefined };
    readonly Attributes?: {
      readonly VPNUUID?: string;
      readonly ContentFilterUUID?: string;
      readonly DNSProxyUUID?: string;
      readonly RelayUUID?: string;
      readonly AssociatedDomains?: readonly string[];
      readonly AssociatedDomainsEnableDirectDownloads?: boolean;
      readonly Removable?: boolean;
      readonly TapToPayScreenLock?: boolean;
      readonly CellularSliceUUID?: string;
      readonly Hideable?: boolean;
      readonly Lockable?: boolean;
    };
    readonly ChangeManagementState?: 'Managed';
    readonly InstallAsManaged?: boolean;
    readonly iOSApp?: boolean;
  };
  /** mdm/commands/application.install.enterprise.yaml */
  readonly InstallEnterpriseApplication: {
    readonly RequestType: 'InstallEnterpriseApplication';
    readonly Manifest?: { readonly [key: string]: PlistInput | undefined };
    readonly ManifestURL?: string;
    readonly ManifestURLPinningCerts?: readonly Uint8Array[];
    readonly PinningRevocationCheckRequired?: boolean;
    readonly InstallAsManaged?: boolean;
    readonly ManagementFlags?: 1;
    readonly Configuration?: { readonly [key: string]: PlistInput | undefined };
    readonly ChangeManagementState?: 'Managed';
    readonly iOSApp?: boolean;
  };
  /** mdm/commands/profile.install.yaml */
  readonly InstallProfile: {
    readonly RequestType: 'InstallProfile';
    readonly Payload: Uint8Array;
  };
  /** mdm/commands/application.installed.list.yaml */
  readonly InstalledApplicationList: {
    readonly RequestType: 'InstalledApplicationList';
    readonly Identifiers?: readonly string[];
    readonly ManagedAppsOnly?: boolean;
    readonly Items?: readonly ('AdHocCodeSigned' | 'AppStoreVendable' | 'BetaApp' | 'BundleSize' | 'DeviceBasedVPP' | 'DistributorIdentifier' | 'DynamicSize' | 'ExternalVersionIdentifier' | 'HasUpdateAvailable' | 'Identifier' | 'Installing' | 'IsAppClip' | 'IsValidated' | 'Name' | 'ShortVersion' | 'Version')[];
  };
  /** mdm/commands/system.update.status.yaml */
  readonly OSUpdateStatus: {
    readonly RequestType: 'OSUpdateStatus';
  };
  /** mdm/commands/profile.list.yaml */
  readonly ProfileList: {
    readonly RequestType: 'ProfileList';
    readonly ManagedOnly?: boolean;
  };
  /** mdm/commands/profile.remove.yaml */
  readonly RemoveProfile: {
    readonly RequestType: 'RemoveProfile';
    readonly Identifier: string;
  };
  /** mdm/commands/device.restart.yaml */
  readonly RestartDevice: {
    readonly RequestType: 'RestartDevice';
    readonly RebuildKernelCache?: boolean;
    readonly KextPaths?: readonly string[];
    readonly NotifyUser?: boolean;
  };
  /** mdm/commands/system.update.schedule.yaml */
  readonly ScheduleOSUpdate: {
    readonly RequestType: 'ScheduleOSUpdate';
    readonly Updates: readonly ({
      readonly ProductKey?: string;
      readonly ProductVersion?: string;
      readonly InstallAction: 'Default' | 'DownloadOnly' | 'InstallASAP' | 'NotifyOnly' | 'InstallLater' | 'InstallForceRestart';
      readonly MaxUserDeferrals?: number;
      readonly Priority?: 'Low' | 'High';
    })[];
  };
  /** mdm/commands/system.update.scan.yaml */
  readonly ScheduleOSUpdateScan: {
    readonly RequestType: 'ScheduleOSUpdateScan';
    readonly Force?: boolean;
  };
  /** mdm/commands/information.security.yaml */
  readonly SecurityInfo: {
    readonly RequestType: 'SecurityInfo';
  };
  /** mdm/commands/settings.yaml */
  readonly Settings: {
    readonly RequestType: 'Settings';
    readonly Settings: readonly ({
      readonly Item: 'Wallpaper';
      readonly Image: Uint8Array;
      readonly Where: 1 | 2 | 3;
    } | {
      readonly Item: 'DataRoaming';
      readonly Enabled: boolean;
    } | {
      readonly Item: 'VoiceRoaming';
      readonly Enabled: boolean;
    } | {
      readonly Item: 'PersonalHotspot';
      readonly Enabled: boolean;
    } | {
      readonly Item: 'Bluetooth';
      readonly Enabled: boolean;
    } | {
      readonly Item: 'ApplicationConfiguration';
      readonly Identifier: string;
      readonly Configuration?: { readonly [key: string]: PlistInput | undefined };
    } | {
      readonly Item: 'ApplicationAttributes';
      readonly Identifier: string;
      readonly Attributes?: {
        readonly VPNUUID?: string;
        readonly ContentFilterUUID?: string;
        readonly DNSProxyUUID?: string;
        readonly RelayUUID?: string;
        readonly AssociatedDomains?: readonly string[];
        readonly AssociatedDomainsEnableDirectDownloads?: boolean;
        readonly Removable?: boolean;
        readonly TapToPayScreenLock?: boolean;
        readonly CellularSliceUUID?: string;
        readonly Hideable?: boolean;
        readonly Lockable?: boolean;
      };
    } | {
      readonly Item: 'DeviceName';
      readonly DeviceName: string;
    } | {
      readonly Item: 'HostName';
      readonly HostName: string;
    } | {
      readonly Item: 'OrganizationInfo';
      readonly OrganizationInfo?: {
        readonly OrganizationName: string;
        readonly OrganizationShortName?: string;
        readonly OrganizationAddress?: string;
        readonly OrganizationPhone?: string;
        readonly OrganizationEmail?: string;
        readonly OrganizationMagic?: string;
      };
    } | {
      readonly Item: 'DefaultApplications';
      readonly WebBrowser?: string;
    } | {
      readonly Item: 'MDMOptions';
      readonly MDMOptions: {
        readonly ActivationLockAllowedWhileSupervised?: boolean;
        readonly BootstrapTokenAllowed?: boolean;
        readonly PromptUserToAllowBootstrapTokenForAuthentication?: boolean;
      };
    } | {
      readonly Item: 'MaximumResidentUsers';
      readonly MaximumResidentUsers: number;
    } | {
      readonly Item: 'SharedDeviceConfiguration';
      readonly QuotaSize?: number;
      readonly ResidentUsers?: number;
      readonly UserSessionTimeout?: number;
      readonly TemporarySessionTimeout?: number;
      readonly TemporarySessionOnly?: boolean;
      readonly ManagedAppleIDDefaultDomains?: readonly string[];
      readonly OnlineAuthenticationGracePeriod?: number;
      readonly SkipLanguageAndLocaleSetupForNewUsers?: boolean;
      readonly AwaitUserConfiguration?: {
        readonly Enabled: boolean;
      };
      readonly PasscodePolicy?: {
        readonly PasscodeLockGracePeriod?: 0 | 60 | 300 | 900 | 3600 | 14400;
        readonly AutoLockTime?: number;
      };
    } | {
      readonly Item: 'DiagnosticSubmission';
      readonly Enabled: boolean;
    } | {
      readonly Item: 'AppAnalytics';
      readonly Enabled: boolean;
    } | {
      readonly Item: 'PasscodeLockGracePeriod';
      readonly PasscodeLockGracePeriod: 0 | 60 | 300 | 900 | 3600 | 14400;
    } | {
      readonly Item: 'TimeZone';
      readonly TimeZone: string;
    } | {
      readonly Item: 'SoftwareUpdateSettings';
      readonly RecommendationCadence: 0 | 1 | 2;
    } | {
      readonly Item: 'AccessibilitySettings';
      readonly BoldTextEnabled?: boolean;
      readonly IncreaseContrastEnabled?: boolean;
      readonly ReduceMotionEnabled?: boolean;
      readonly ReduceTransparencyEnabled?: boolean;
      readonly TextSize?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;
      readonly TouchAccommodationsEnabled?: boolean;
      readonly VoiceOverEnabled?: boolean;
      readonly ZoomEnabled?: boolean;
      readonly GrayscaleEnabled?: boolean;
    })[];
  };
  /** mdm/commands/device.shutdown.yaml */
  readonly ShutDownDevice: {
    readonly RequestType: 'ShutDownDevice';
  };
}

export const COMMANDS: { readonly [name: string]: Facts | undefined } = {
  AvailableOSUpdates: {
    os: {
      iOS: { introduced: '9.0', deprecated: '26.0', removed: '27.0', supervised: true, userEnrollment: 'forbidden' },
      macOS: { introduced: '10.11', deprecated: '26.0', removed: '27.0', userEnrollment: 'forbidden' },
      tvOS: { introduced: '12.0', deprecated: '26.0', removed: '27.0', supervised: true },
    },
    keys: {},
  },
  CertificateList: {
    os: {
      iOS: { introduced: '4.0' },
      macOS: { introduced: '10.7', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      ManagedOnly: {
        type: 'boolean',
        os: { iOS: { introduced: '13.0' }, macOS: { introduced: '10.15' }, tvOS: { introduced: '13.0' } },
      },
    },
  },
  ClearPasscode: {
    os: {
      iOS: { introduced: '4.0', userEnrollment: 'forbidden', sharedIpad: { mode: 'forbidden' } },
      visionOS: { introduced: '1.1', userEnrollment: 'forbidden' },
      watchOS: { introduced: '10.0' },
    },
    keys: { UnlockToken: { type: 'data', required: true } },
  },
  DeclarativeManagement: {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { Data: { type: 'data' } },
  },
  DeviceInformation: {
    os: {
      iOS: { introduced: '4.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '10.7', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Queries: {
        type: 'array',
        required: true,
        item: {
          type: 'string',
          names: {
            UDID: {
              type: 'string',
              os: {
                iOS: { userEnrollment: 'forbidden' },
                macOS: { userEnrollment: 'forbidden' },
                visionOS: { userEnrollment: 'forbidden' },
              },
            },
            ProvisioningUDID: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '11.3', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            OrganizationInfo: { type: 'string', os: { iOS: { introduced: '7.0' }, macOS: { introduced: '10.11' } } },
            MDMOptions: { type: 'string', os: { iOS: { introduced: '7.0' }, macOS: { introduced: '11.0' } } },
            LastCloudBackupDate: {
              type: 'string',
              os: {
                iOS: { introduced: '8.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            AwaitingConfiguration: {
              type: 'string',
              os: {
                iOS: { introduced: '9.0', userEnrollment: 'forbidden' },
                macOS: { introduced: '10.11', userEnrollment: 'forbidden' },
                tvOS: { introduced: '10.2' },
                visionOS: { introduced: '2.0', userEnrollment: 'forbidden' },
              },
            },
            iTunesStoreAccountIsActive: {
              type: 'string',
              os: {
                iOS: { introduced: '7.0', userEnrollment: 'forbidden' },
                macOS: { introduced: '10.9', userEnrollment: 'forbidden' },
                visionOS: { introduced: 'n/a' },
              },
            },
            iTunesStoreAccountHash: {
              type: 'string',
              os: {
                iOS: { introduced: '8.0', userEnrollment: 'forbidden' },
                macOS: { introduced: '10.10', userEnrollment: 'forbidden' },
                visionOS: { introduced: 'n/a' },
              },
            },
            DeviceName: { type: 'string' },
            OSVersion: { type: 'string' },
            SupplementalOSVersionExtra: {
              type: 'string',
              os: { iOS: { introduced: '16.1' }, macOS: { introduced: '13.0' }, tvOS: { introduced: '16.1' } },
            },
            BuildVersion: { type: 'string' },
            SupplementalBuildVersion: {
              type: 'string',
              os: { iOS: { introduced: '16.1' }, macOS: { introduced: '13.0' }, tvOS: { introduced: '16.1' } },
            },
            ModelName: { type: 'string' },
            Model: { type: 'string', os: { visionOS: { introduced: 'n/a' } } },
            ModelNumber: {
              type: 'string',
              os: { iOS: { introduced: '16.4' }, macOS: { introduced: '13.3' }, tvOS: { introduced: '16.4' } },
            },
            IsAppleSilicon: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '12.0' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ProductName: { type: 'string' },
            SerialNumber: {
              type: 'string',
              os: {
                iOS: { userEnrollment: 'forbidden' },
                macOS: { userEnrollment: 'forbidden' },
                visionOS: { userEnrollment: 'forbidden' },
              },
            },
            DeviceCapacity: { type: 'string', os: { tvOS: { introduced: 'n/a' } } },
            AvailableDeviceCapacity: { type: 'string', os: { tvOS: { introduced: 'n/a' } } },
            IMEI: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            MEID: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ModemFirmwareVersion: {
              type: 'string',
              os: {
                iOS: { userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            CellularTechnology: {
              type: 'string',
              os: {
                iOS: { introduced: '4.2.6' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            BatteryLevel: {
              type: 'string',
              os: { iOS: { introduced: '5.0' }, macOS: { introduced: '13.3' }, tvOS: { introduced: 'n/a' } },
            },
            HasBattery: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '13.3' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsSupervised: { type: 'string', os: { iOS: { introduced: '6.0' }, macOS: { introduced: '10.15' } } },
            IsMultiUser: {
              type: 'string',
              os: {
                iOS: { introduced: '9.3' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsDeviceLocatorServiceEnabled: {
              type: 'string',
              os: { iOS: { introduced: '7.0' }, macOS: { introduced: 'n/a' }, tvOS: { introduced: 'n/a' } },
            },
            IsActivationLockEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: '7.0', deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: '10.15', deprecated: '13.0', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { deprecated: '10.0' },
              },
            },
            IsActivationLockSupported: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.15', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsDoNotDisturbInEffect: {
              type: 'string',
              os: {
                iOS: { introduced: '7.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { userEnrollment: 'forbidden' },
              },
            },
            DeviceID: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            EASDeviceIdentifier: {
              type: 'string',
              os: {
                iOS: { introduced: '7.0' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsCloudBackupEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: '7.1', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ActiveManagedUsers: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.11', userChannel: false },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            OSUpdateSettings: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.11', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            LocalHostName: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.11' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            HostName: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.11' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            AutoSetupAdminAccounts: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.11', requiresDep: true, userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SystemIntegrityProtectionEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.12' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SupportsLOMDevice: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '11.0' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsMDMLostModeEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: '9.3', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
              },
            },
            MaximumResidentUsers: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '9.3',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            EstimatedResidentUsers: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '14.0',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            QuotaSize: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '13.4',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ResidentUsers: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '13.4',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            UserSessionTimeout: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '14.5',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            TemporarySessionTimeout: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '14.5',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            TemporarySessionOnly: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '14.5',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ManagedAppleIDDefaultDomains: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '16.0',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            OnlineAuthenticationGracePeriod: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '16.0',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SkipLanguageAndLocaleSetupForNewUsers: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '16.2',
                  supervised: true,
                  requiresDep: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PushToken: {
              type: 'string',
              os: {
                iOS: { introduced: '9.3', userEnrollment: 'forbidden', sharedIpad: { deviceChannel: false } },
                macOS: { introduced: '10.12' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            DiagnosticSubmissionEnabled: {
              type: 'string',
              os: { iOS: { introduced: '9.3' }, macOS: { introduced: 'n/a' }, tvOS: { introduced: 'n/a' } },
            },
            AppAnalyticsEnabled: {
              type: 'string',
              os: { iOS: { introduced: '9.3' }, macOS: { introduced: 'n/a' }, tvOS: { introduced: 'n/a' } },
            },
            TimeZone: {
              type: 'string',
              os: {
                iOS: { introduced: '14.0' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: '14.0' },
                visionOS: { introduced: '2.0' },
              },
            },
            ICCID: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            BluetoothMAC: {
              type: 'string',
              os: {
                iOS: { userEnrollment: 'forbidden' },
                macOS: { userEnrollment: 'forbidden' },
                visionOS: { userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            WiFiMAC: {
              type: 'string',
              os: {
                iOS: { userEnrollment: 'forbidden' },
                macOS: { userEnrollment: 'forbidden' },
                visionOS: { userEnrollment: 'forbidden' },
              },
            },
            EthernetMAC: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            CurrentCarrierNetwork: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SIMCarrierNetwork: {
              type: 'string',
              os: {
                iOS: { removed: '5.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SubscriberCarrierNetwork: {
              type: 'string',
              os: {
                iOS: { introduced: '5.0', deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            CarrierSettingsVersion: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PhoneNumber: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            DataRoamingEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: '5.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            VoiceRoamingEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: '5.0', deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PersonalHotspotEnabled: {
              type: 'string',
              os: {
                iOS: { introduced: '7.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsNetworkTethered: {
              type: 'string',
              os: {
                iOS: { introduced: '10.3' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            IsRoaming: {
              type: 'string',
              os: {
                iOS: { introduced: '4.2', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SubscriberMCC: {
              type: 'string',
              os: {
                iOS: { introduced: '4.2.6', deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SubscriberMNC: {
              type: 'string',
              os: {
                iOS: { introduced: '4.2.6', deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            CurrentMCC: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            CurrentMNC: {
              type: 'string',
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ServiceSubscriptions: {
              type: 'string',
              os: {
                iOS: { introduced: '12.0', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PINRequiredForEraseDevice: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '11.0', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PINRequiredForDeviceLock: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '11.0', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SupportsiOSAppInstalls: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '11.0' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SoftwareUpdateDeviceID: {
              type: 'string',
              os: {
                iOS: { introduced: '15.0', userEnrollment: 'forbidden' },
                macOS: { introduced: '12.0', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SoftwareUpdateSettings: {
              type: 'string',
              os: {
                iOS: { introduced: '14.5', userEnrollment: 'forbidden' },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            AccessibilitySettings: {
              type: 'string',
              os: {
                iOS: {
                  introduced: '16.0',
                  supervised: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { deviceChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { supervised: true },
              },
            },
            DevicePropertiesAttestation: {
              type: 'string',
              os: { iOS: { introduced: '16.0' }, macOS: { introduced: '14.0' }, tvOS: { introduced: '16.0' } },
            },
            EACSPreflight: {
              type: 'string',
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '13.3', userChannel: false, userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
          },
        },
      },
      DeviceAttestationNonce: {
        type: 'data',
        os: { iOS: { introduced: '16.0' }, macOS: { introduced: '14.0' }, tvOS: { introduced: '16.0' } },
      },
    },
  },
  DeviceLock: {
    os: {
      iOS: { introduced: '4.0' },
      macOS: { introduced: '10.7', userEnrollment: 'forbidden' },
      visionOS: { introduced: '2.0' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Message: {
        type: 'string',
        os: {
          iOS: { introduced: '7.0', sharedIpad: { mode: 'ignored' } },
          macOS: { introduced: '10.14' },
          visionOS: { introduced: 'n/a' },
        },
      },
      PhoneNumber: {
        type: 'string',
        os: {
          iOS: { introduced: '7.0', sharedIpad: { mode: 'ignored' } },
          macOS: { introduced: '11.5' },
          visionOS: { introduced: 'n/a' },
        },
      },
      PIN: {
        type: 'string',
        os: {
          iOS: { introduced: 'n/a' },
          macOS: { introduced: '10.8' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
    },
  },
  InstallApplication: {
    os: {
      iOS: { introduced: '5.0' },
      macOS: { introduced: '10.9', userChannel: true },
      tvOS: { introduced: '10.2' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      iTunesStoreID: { type: 'integer' },
      Identifier: { type: 'string', os: { iOS: { introduced: '7.0' } } },
      Options: {
        type: 'dictionary',
        keys: { PurchaseMethod: { type: 'integer', oneOf: [0, 1] } },
        os: { iOS: { introduced: '7.0' } },
      },
      ManifestURL: { type: 'string', os: { iOS: { introduced: '7.0' } } },
      ManagementFlags: {
        type: 'integer',
        oneOf: [1, 4, 5],
        os: { macOS: { introduced: '11.0', userEnrollment: 'forbidden' } },
      },
      Configuration: {
        type: 'dictionary',
        others: { type: 'any' },
        os: { iOS: { introduced: '7.0' }, macOS: { introduced: '11.0' } },
      },
      Attributes: {
        type: 'dictionary',
        keys: {
          VPNUUID: { type: 'string', os: { tvOS: { introduced: 'n/a' } } },
          ContentFilterUUID: {
            type: 'string',
            os: { iOS: { introduced: '16.0' }, tvOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
          },
          DNSProxyUUID: {
            type: 'string',
            os: { iOS: { introduced: '16.0' }, tvOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
          },
          RelayUUID: {
            type: 'string',
            os: { iOS: { introduced: '17.0' }, tvOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
          },
          AssociatedDomains: {
            type: 'array',
            item: { type: 'string' },
            os: { iOS: { introduced: '13.0' }, tvOS: { introduced: 'n/a' } },
          },
          AssociatedDomainsEnableDirectDownloads: {
            type: 'boolean',
            os: { iOS: { introduced: '14.0' }, tvOS: { introduced: 'n/a' } },
          },
          Removable: { type: 'boolean', os: { iOS: { introduced: '14.0' }, tvOS: { introduced: '14.0' } } },
          TapToPayScreenLock: {
            type: 'boolean',
            os: {
              iOS: { introduced: '16.4' },
              tvOS: { introduced: 'n/a' },
              visionOS: { introduced: 'n/a' },
              watchOS: { introduced: 'n/a' },
            },
          },
          CellularSliceUUID: {
            type: 'string',
            os: {
              iOS: { introduced: '17.0' },
              tvOS: { introduced: 'n/a' },
              visionOS: { introduced: 'n/a' },
              watchOS: { introduced: 'n/a' },
            },
          },
          Hideable: {
            type: 'boolean',
            os: {
              iOS: { introduced: '18.1' },
              tvOS: { introduced: 'n/a' },
              visionOS: { introduced: 'n/a' },
              watchOS: { introduced: 'n/a' },
            },
          },
          Lockable: {
            type: 'boolean',
            os: {
              iOS: { introduced: '18.1' },
              tvOS: { introduced: 'n/a' },
              visionOS: { introduced: 'n/a' },
              watchOS: { introduced: 'n/a' },
            },
          },
        },
        os: { iOS: { introduced: '7.0' }, macOS: { introduced: 'n/a' } },
      },
      ChangeManagementState: {
        type: 'string',
        oneOf: ['Managed'],
        os: {
          iOS: { introduced: '9.0', userEnrollment: 'forbidden' },
          macOS: { introduced: '11.0', userEnrollment: 'forbidden' },
          visionOS: { userEnrollment: 'forbidden' },
        },
      },
      InstallAsManaged: {
        type: 'boolean',
        os: {
          iOS: { introduced: 'n/a' },
          macOS: { introduced: '11.0', userEnrollment: 'forbidden' },
          tvOS: { introduced: 'n/a' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
      iOSApp: {
        type: 'boolean',
        os: {
          iOS: { introduced: 'n/a' },
          macOS: { introduced: '11.0' },
          tvOS: { introduced: 'n/a' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
    },
  },
  InstallEnterpriseApplication: {
    os: { macOS: { introduced: '10.13.6' } },
    keys: {
      Manifest: { type: 'dictionary', others: { type: 'any' } },
      ManifestURL: { type: 'string' },
      ManifestURLPinningCerts: { type: 'array', item: { type: 'data', required: true } },
      PinningRevocationCheckRequired: { type: 'boolean' },
      InstallAsManaged: { type: 'boolean', os: { macOS: { introduced: '11.0', userEnrollment: 'forbidden' } } },
      ManagementFlags: {
        type: 'integer',
        oneOf: [1],
        os: { macOS: { introduced: '11.0', userEnrollment: 'forbidden' } },
      },
      Configuration: { type: 'dictionary', others: { type: 'any' }, os: { macOS: { introduced: '11.0' } } },
      ChangeManagementState: {
        type: 'string',
        oneOf: ['Managed'],
        os: { macOS: { introduced: '11.0', userEnrollment: 'forbidden' } },
      },
      iOSApp: { type: 'boolean', os: { macOS: { introduced: '11.0' } } },
    },
  },
  InstallProfile: {
    os: {
      iOS: { introduced: '4.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '10.7', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { Payload: { type: 'data', required: true } },
  },
  InstalledApplicationList: {
    os: {
      iOS: { introduced: '5.0' },
      macOS: { introduced: '10.7', userChannel: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '10.2' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Identifiers: {
        type: 'array',
        item: { type: 'string' },
        os: { iOS: { introduced: '7.0' }, macOS: { introduced: '10.15' } },
      },
      ManagedAppsOnly: { type: 'boolean', os: { iOS: { introduced: '7.0' }, macOS: { introduced: '10.15' } } },
      Items: {
        type: 'array',
        item: {
          type: 'string',
          oneOf: [
            'AdHocCodeSigned',
            'AppStoreVendable',
            'BetaApp',
            'BundleSize',
            'DeviceBasedVPP',
            'DistributorIdentifier',
            'DynamicSize',
            'ExternalVersionIdentifier',
            'HasUpdateAvailable',
            'Identifier',
            'Installing',
            'IsAppClip',
            'IsValidated',
            'Name',
            'ShortVersion',
            'Version',
          ],
        },
        os: { iOS: { introduced: '14.0' }, macOS: { introduced: 'n/a' }, tvOS: { introduced: '14.0' } },
      },
    },
  },
  OSUpdateStatus: {
    os: {
      iOS: { introduced: '9.0', deprecated: '26.0', removed: '27.0', supervised: true, userEnrollment: 'forbidden' },
      macOS: {
        introduced: '10.11.5',
        deprecated: '26.0',
        removed: '27.0',
        supervised: true,
        userEnrollment: 'forbidden',
      },
      tvOS: { introduced: '12.0', deprecated: '26.0', removed: '27.0', supervised: true },
    },
    keys: {},
  },
  ProfileList: {
    os: {
      iOS: { introduced: '4.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '10.7', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      ManagedOnly: {
        type: 'boolean',
        os: { iOS: { introduced: '13.0' }, macOS: { introduced: '10.15' }, tvOS: { introduced: '13.0' } },
      },
    },
  },
  RemoveProfile: {
    os: {
      iOS: { introduced: '4.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '10.7', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { Identifier: { type: 'string', required: true } },
  },
  RestartDevice: {
    os: {
      iOS: { introduced: '10.3', supervised: true, userEnrollment: 'forbidden' },
      macOS: { introduced: '10.13', userEnrollment: 'forbidden' },
      tvOS: { introduced: '10.2', supervised: true },
    },
    keys: {
      RebuildKernelCache: {
        type: 'boolean',
        os: { iOS: { introduced: 'n/a' }, macOS: { introduced: '11.0' }, tvOS: { introduced: 'n/a' } },
      },
      KextPaths: {
        type: 'array',
        item: { type: 'string' },
        os: { iOS: { introduced: 'n/a' }, macOS: { introduced: '11.0' }, tvOS: { introduced: 'n/a' } },
      },
      NotifyUser: {
        type: 'boolean',
        os: { iOS: { introduced: 'n/a' }, macOS: { introduced: '11.4' }, tvOS: { introduced: 'n/a' } },
      },
    },
  },
  ScheduleOSUpdate: {
    os: {
      iOS: { introduced: '9.0', deprecated: '26.0', removed: '27.0', supervised: true, userEnrollment: 'forbidden' },
      macOS: {
        introduced: '10.11',
        deprecated: '26.0',
        removed: '27.0',
        supervised: true,
        userEnrollment: 'forbidden',
      },
      tvOS: { introduced: '12.0', deprecated: '26.0', removed: '27.0', supervised: true },
    },
    keys: {
      Updates: {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          required: true,
          keys: {
            ProductKey: { type: 'string' },
            ProductVersion: {
              type: 'string',
              os: { iOS: { introduced: '11.3' }, macOS: { introduced: '12.0' }, tvOS: { introduced: '12.2' } },
            },
            InstallAction: {
              type: 'string',
              required: true,
              oneOf: ['Default', 'DownloadOnly', 'InstallASAP', 'NotifyOnly', 'InstallLater', 'InstallForceRestart'],
            },
            MaxUserDeferrals: {
              type: 'integer',
              os: { iOS: { introduced: 'n/a' }, macOS: { introduced: '12.0' }, tvOS: { introduced: 'n/a' } },
            },
            Priority: {
              type: 'string',
              oneOf: ['Low', 'High'],
              os: { iOS: { introduced: 'n/a' }, macOS: { introduced: '12.3' }, tvOS: { introduced: 'n/a' } },
            },
          },
        },
      },
    },
  },
  ScheduleOSUpdateScan: {
    os: {
      macOS: {
        introduced: '10.11',
        deprecated: '26.0',
        removed: '27.0',
        supervised: true,
        userEnrollment: 'forbidden',
      },
    },
    keys: { Force: { type: 'boolean' } },
  },
  SecurityInfo: {
    os: {
      iOS: { introduced: '4.0' },
      macOS: { introduced: '10.7', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {},
  },
  Settings: {
    os: {
      iOS: { introduced: '5.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '10.9', userChannel: true },
      tvOS: { introduced: '9.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Settings: {
        type: 'array',
        required: true,
        variants: {
          by: 'Item',
          of: {
            Wallpaper: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['Wallpaper'] },
                Image: { type: 'data', required: true },
                Where: { type: 'integer', required: true, oneOf: [1, 2, 3] },
              },
              os: {
                iOS: {
                  introduced: '8.0',
                  supervised: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            DataRoaming: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['DataRoaming'] },
                Enabled: { type: 'boolean', required: true },
              },
              os: {
                iOS: { userEnrollment: 'forbidden', sharedIpad: { userChannel: false } },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            VoiceRoaming: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['VoiceRoaming'] },
                Enabled: { type: 'boolean', required: true },
              },
              os: {
                iOS: { deprecated: '16.0', userEnrollment: 'forbidden', sharedIpad: { userChannel: false } },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PersonalHotspot: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['PersonalHotspot'] },
                Enabled: { type: 'boolean', required: true },
              },
              os: {
                iOS: { userEnrollment: 'forbidden', sharedIpad: { userChannel: false } },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            Bluetooth: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['Bluetooth'] },
                Enabled: { type: 'boolean', required: true },
              },
              os: {
                iOS: {
                  introduced: '11.3',
                  supervised: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { userChannel: false },
                },
                macOS: { introduced: '10.13.4', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            ApplicationConfiguration: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['ApplicationConfiguration'] },
                Identifier: { type: 'string', required: true },
                Configuration: { type: 'dictionary', others: { type: 'any' } },
              },
              os: {
                iOS: { introduced: '7.0', sharedIpad: { userChannel: false } },
                macOS: { introduced: '10.15', userChannel: false },
                tvOS: { introduced: '10.2' },
              },
            },
            ApplicationAttributes: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['ApplicationAttributes'] },
                Identifier: { type: 'string', required: true },
                Attributes: {
                  type: 'dictionary',
                  keys: {
                    VPNUUID: { type: 'string', os: { tvOS: { introduced: 'n/a' } } },
                    ContentFilterUUID: {
                      type: 'string',
                      os: { iOS: { introduced: '16.0' }, tvOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
                    },
                    DNSProxyUUID: {
                      type: 'string',
                      os: { iOS: { introduced: '16.0' }, tvOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
                    },
                    RelayUUID: {
                      type: 'string',
                      os: { iOS: { introduced: '17.0' }, tvOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
                    },
                    AssociatedDomains: {
                      type: 'array',
                      item: { type: 'string' },
                      os: { iOS: { introduced: '13.0' }, tvOS: { introduced: 'n/a' } },
                    },
                    AssociatedDomainsEnableDirectDownloads: {
                      type: 'boolean',
                      os: { iOS: { introduced: '14.0' }, tvOS: { introduced: 'n/a' } },
                    },
                    Removable: { type: 'boolean', os: { iOS: { introduced: '14.0' }, tvOS: { introduced: '14.0' } } },
                    TapToPayScreenLock: {
                      type: 'boolean',
                      os: {
                        iOS: { introduced: '16.4' },
                        tvOS: { introduced: 'n/a' },
                        visionOS: { introduced: 'n/a' },
                        watchOS: { introduced: 'n/a' },
                      },
                    },
                    CellularSliceUUID: {
                      type: 'string',
                      os: {
                        iOS: { introduced: '17.0' },
                        tvOS: { introduced: 'n/a' },
                        visionOS: { introduced: 'n/a' },
                        watchOS: { introduced: 'n/a' },
                      },
                    },
                    Hideable: {
                      type: 'boolean',
                      os: {
                        iOS: { introduced: '18.1' },
                        tvOS: { introduced: 'n/a' },
                        visionOS: { introduced: 'n/a' },
                        watchOS: { introduced: 'n/a' },
                      },
                    },
                    Lockable: {
                      type: 'boolean',
                      os: {
                        iOS: { introduced: '18.1' },
                        tvOS: { introduced: 'n/a' },
                        visionOS: { introduced: 'n/a' },
                        watchOS: { introduced: 'n/a' },
                      },
                    },
                  },
                },
              },
              os: {
                iOS: { introduced: '7.0', sharedIpad: { userChannel: false } },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: '10.2' },
              },
            },
            DeviceName: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['DeviceName'] },
                DeviceName: { type: 'string', required: true },
              },
              os: {
                iOS: { supervised: true, userEnrollment: 'forbidden', sharedIpad: { userChannel: false } },
                macOS: { introduced: '10.10', userEnrollment: 'forbidden' },
                visionOS: { introduced: '2.0', supervised: true, userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            HostName: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['HostName'] },
                HostName: { type: 'string', required: true },
              },
              os: {
                iOS: { introduced: 'n/a' },
                macOS: { introduced: '10.11', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            OrganizationInfo: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['OrganizationInfo'] },
                OrganizationInfo: {
                  type: 'dictionary',
                  keys: {
                    OrganizationName: { type: 'string', required: true },
                    OrganizationShortName: {
                      type: 'string',
                      os: { iOS: { introduced: '13.0' }, macOS: { introduced: '10.15' }, tvOS: { introduced: '13.0' } },
                    },
                    OrganizationAddress: { type: 'string' },
                    OrganizationPhone: { type: 'string' },
                    OrganizationEmail: { type: 'string' },
                    OrganizationMagic: { type: 'string' },
                  },
                },
              },
              os: { iOS: { sharedIpad: { userChannel: false } } },
            },
            DefaultApplications: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['DefaultApplications'] },
                WebBrowser: { type: 'string' },
              },
              os: {
                iOS: { introduced: '18.2', userEnrollment: 'forbidden', sharedIpad: { mode: 'forbidden' } },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: '2.2', userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            MDMOptions: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['MDMOptions'] },
                MDMOptions: {
                  type: 'dictionary',
                  required: true,
                  keys: {
                    ActivationLockAllowedWhileSupervised: { type: 'boolean' },
                    BootstrapTokenAllowed: {
                      type: 'boolean',
                      os: {
                        iOS: { introduced: 'n/a' },
                        macOS: { deprecated: '11.0' },
                        visionOS: { introduced: 'n/a' },
                      },
                    },
                    PromptUserToAllowBootstrapTokenForAuthentication: {
                      type: 'boolean',
                      os: {
                        iOS: { introduced: 'n/a' },
                        macOS: { introduced: '11.0' },
                        visionOS: { introduced: 'n/a' },
                      },
                    },
                  },
                },
              },
              os: {
                iOS: { introduced: '7.0', sharedIpad: { userChannel: false } },
                macOS: { introduced: '10.15', userEnrollment: 'forbidden' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: '2.0' },
                watchOS: { introduced: 'n/a' },
              },
            },
            MaximumResidentUsers: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['MaximumResidentUsers'] },
                MaximumResidentUsers: { type: 'integer', required: true },
              },
              os: {
                iOS: {
                  introduced: '9.3',
                  deprecated: '13.4',
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SharedDeviceConfiguration: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['SharedDeviceConfiguration'] },
                QuotaSize: { type: 'integer' },
                ResidentUsers: { type: 'integer' },
                UserSessionTimeout: { type: 'integer', os: { iOS: { introduced: '14.5' } } },
                TemporarySessionTimeout: { type: 'integer', os: { iOS: { introduced: '14.5' } } },
                TemporarySessionOnly: { type: 'boolean', os: { iOS: { introduced: '14.5' } } },
                ManagedAppleIDDefaultDomains: {
                  type: 'array',
                  item: { type: 'string' },
                  os: { iOS: { introduced: '16.0' } },
                },
                OnlineAuthenticationGracePeriod: { type: 'integer', os: { iOS: { introduced: '16.0' } } },
                SkipLanguageAndLocaleSetupForNewUsers: { type: 'boolean', os: { iOS: { introduced: '16.2' } } },
                AwaitUserConfiguration: {
                  type: 'dictionary',
                  keys: { Enabled: { type: 'boolean', required: true } },
                  os: { iOS: { introduced: '17.0' } },
                },
                PasscodePolicy: {
                  type: 'dictionary',
                  keys: {
                    PasscodeLockGracePeriod: { type: 'integer', oneOf: [0, 60, 300, 900, 3600, 14400] },
                    AutoLockTime: { type: 'integer' },
                  },
                  os: { iOS: { introduced: '17.0' } },
                },
              },
              os: {
                iOS: {
                  introduced: '13.4',
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            DiagnosticSubmission: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['DiagnosticSubmission'] },
                Enabled: { type: 'boolean', required: true },
              },
              os: {
                iOS: {
                  introduced: '9.3',
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            AppAnalytics: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['AppAnalytics'] },
                Enabled: { type: 'boolean', required: true },
              },
              os: {
                iOS: {
                  introduced: '9.3.2',
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            PasscodeLockGracePeriod: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['PasscodeLockGracePeriod'] },
                PasscodeLockGracePeriod: { type: 'integer', required: true, oneOf: [0, 60, 300, 900, 3600, 14400] },
              },
              os: {
                iOS: {
                  introduced: '9.3.2',
                  deprecated: '17.0',
                  userEnrollment: 'forbidden',
                  sharedIpad: { mode: 'required', userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            TimeZone: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['TimeZone'] },
                TimeZone: { type: 'string', required: true },
              },
              os: {
                iOS: {
                  introduced: '14.0',
                  supervised: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: '14.0', supervised: true },
                visionOS: { introduced: '2.0', supervised: true, userEnrollment: 'forbidden' },
                watchOS: { introduced: 'n/a' },
              },
            },
            SoftwareUpdateSettings: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['SoftwareUpdateSettings'] },
                RecommendationCadence: { type: 'integer', required: true, oneOf: [0, 1, 2] },
              },
              os: {
                iOS: {
                  introduced: '14.5',
                  supervised: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { userChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { introduced: 'n/a' },
              },
            },
            AccessibilitySettings: {
              type: 'dictionary',
              keys: {
                Item: { type: 'string', required: true, oneOf: ['AccessibilitySettings'] },
                BoldTextEnabled: { type: 'boolean' },
                IncreaseContrastEnabled: { type: 'boolean', os: { watchOS: { introduced: 'n/a' } } },
                ReduceMotionEnabled: { type: 'boolean' },
                ReduceTransparencyEnabled: { type: 'boolean' },
                TextSize: { type: 'integer', oneOf: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
                TouchAccommodationsEnabled: { type: 'boolean' },
                VoiceOverEnabled: { type: 'boolean' },
                ZoomEnabled: { type: 'boolean' },
                GrayscaleEnabled: {
                  type: 'boolean',
                  os: { iOS: { introduced: 'n/a' }, watchOS: { introduced: 'n/a' } },
                },
              },
              os: {
                iOS: {
                  introduced: '16.0',
                  supervised: true,
                  userEnrollment: 'forbidden',
                  sharedIpad: { deviceChannel: false },
                },
                macOS: { introduced: 'n/a' },
                tvOS: { introduced: 'n/a' },
                visionOS: { introduced: 'n/a' },
                watchOS: { supervised: true },
              },
            },
          },
        },
      },
    },
  },
  ShutDownDevice: {
    os: {
      iOS: { introduced: '10.3', supervised: true, userEnrollment: 'forbidden' },
      macOS: { introduced: '10.13', userEnrollment: 'forbidden' },
    },
    keys: {},
  },
};
