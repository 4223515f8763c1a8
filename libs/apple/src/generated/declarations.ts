// Written by tools/schema from Apple's device-management schema (declarative/declarations). Change the generator, not this file.
import type { Facts, JsonInput } from '../schema/model.ts';

export interface Declarations {
  /** declarative/declarations/activations/simple.yaml */
  readonly 'com.apple.activation.simple': {
    readonly StandardConfigurations: readonly string[];
    readonly Predicate?: string;
  };
  /** declarative/declarations/assets/credential.acme.yaml */
  readonly 'com.apple.asset.credential.acme': {
    readonly Reference: {
      readonly DataURL: string;
      readonly ContentType?: string;
      readonly Size?: number;
      readonly 'Hash-SHA-256'?: string;
    };
    readonly Authentication?: {
      readonly Type: 'MDM' | 'None';
    };
    readonly Accessible?: 'Default' | 'AfterFirstUnlock';
  };
  /** declarative/declarations/assets/credential.certificate.yaml */
  readonly 'com.apple.asset.credential.certificate': {
    readonly Reference: {
      readonly DataURL: string;
      readonly ContentType?: string;
      readonly Size?: number;
      readonly 'Hash-SHA-256'?: string;
    };
    readonly Authentication?: {
      readonly Type: 'MDM' | 'None';
    };
  };
  /** declarative/declarations/assets/credential.identity.yaml */
  readonly 'com.apple.asset.credential.identity': {
    readonly Reference: {
      readonly DataURL: string;
      readonly ContentType?: string;
      readonly Size?: number;
      readonly 'Hash-SHA-256'?: string;
    };
    readonly Authentication?: {
      readonly Type: 'MDM' | 'None';
    };
    readonly Accessible?: 'Default' | 'AfterFirstUnlock';
  };
  /** declarative/declarations/assets/credential.scep.yaml */
  readonly 'com.apple.asset.credential.scep': {
    readonly Reference: {
      readonly DataURL: string;
      readonly ContentType?: string;
      readonly Size?: number;
      readonly 'Hash-SHA-256'?: string;
    };
    readonly Authentication?: {
      readonly Type: 'MDM' | 'None';
    };
    readonly Accessible?: 'Default' | 'AfterFirstUnlock';
  };
  /** declarative/declarations/assets/credential.userpassword.yaml */
  readonly 'com.apple.asset.credential.userpassword': {
    readonly Reference: {
      readonly DataURL: string;
      readonly ContentType?: string;
      readonly Size?: number;
      readonly 'Hash-SHA-256'?: string;
    };
    readonly Authentication?: {
      readonly Type: 'MDM' | 'None';
    };
  };
  /** declarative/declarations/assets/data.yaml */
  readonly 'com.apple.asset.data': {
    readonly Reference: {
      readonly DataURL: string;
      readonly ContentType?: string;
      readonly Size?: number;
      readonly 'Hash-SHA-256'?: string;
    };
    readonly Authentication?: {
      readonly Type: 'MDM' | 'None';
    };
  };
  /** declarative/declarations/assets/useridentity.yaml */
  readonly 'com.apple.asset.useridentity': {
    readonly FullName?: string;
    readonly EmailAddress?: string;
  };
  /** declarative/declarations/configurations/account.caldav.yaml */
  readonly 'com.apple.configuration.account.caldav': {
    readonly VisibleName?: string;
    readonly HostName: string;
    readonly Port?: number;
    readonly Path?: string;
    readonly AuthenticationCredentialsAssetReference?: string;
  };
  /** declarative/declarations/configurations/account.carddav.yaml */
  readonly 'com.apple.configuration.account.carddav': {
    readonly VisibleName?: string;
    readonly HostName: string;
    readonly Port?: number;
    readonly Path?: string;
    readonly AuthenticationCredentialsAssetReference?: string;
  };
  /** declarative/declarations/configurations/account.exchange.yaml */
  readonly 'com.apple.configuration.account.exchange': {
    readonly VisibleName?: string;
    readonly EnabledProtocolTypes: readonly ('EAS' | 'EWS')[];
    readonly UserIdentityAssetReference?: string;
    readonly HostName?: string;
    readonly Port?: number;
    readonly Path?: string;
    readonly ExternalHostName?: string;
    readonly ExternalPort?: number;
    readonly 'External Path'?: string;
    readonly OAuth?: {
      readonly Enabled: boolean;
      readonly SignInURL?: string;
      readonly TokenRequestURL?: string;
    };
    readonly AuthenticationCredentialsAssetReference?: string;
    readonly AuthenticationIdentityAssetReference?: string;
    readonly SMIME?: {
      readonly Signing?: {
        readonly Enabled: boolean;
        readonly IdentityAssetReference?: string;
        readonly UserOverrideable?: boolean;
        readonly IdentityUserOverrideable?: boolean;
      };
      readonly Encryption?: {
        readonly Enabled: boolean;
        readonly IdentityAssetReference?: string;
        readonly UserOverrideable?: boolean;
        readonly IdentityUserOverrideable?: boolean;
        readonly PerMessageSwitchEnabled?: boolean;
      };
    };
    readonly MailServiceActive?: boolean;
    readonly LockMailService?: boolean;
    readonly ContactsServiceActive?: boolean;
    readonly LockContactsService?: boolean;
    readonly CalendarServiceActive?: boolean;
    readonly LockCalendarService?: boolean;
    readonly RemindersServiceActive?: boolean;
    readonly LockRemindersService?: boolean;
    readonly NotesServiceActive?: boolean;
    readonly LockNotesService?: boolean;
  };
  /** declarative/declarations/configurations/account.google.yaml */
  readonly 'com.apple.configuration.account.google': {
    readonly VisibleName?: string;
    readonly UserIdentityAssetReference: string;
  };
  /** declarative/declarations/configurations/account.ldap.yaml */
  readonly 'com.apple.configuration.account.ldap': {
    readonly VisibleName?: string;
    readonly HostName: string;
    readonly Port?: number;
    readonly AuthenticationCredentialsAssetReference?: string;
    readonly SearchSettings?: readonly ({
      readonly VisibleDescription?: string;
      readonly SearchBase: string;
      readonly Scope?: 'Base' | 'OneLevel' | 'Subtree';
    })[];
  };
  /** declarative/declarations/configurations/account.mail.yaml */
  readonly 'com.apple.configuration.account.mail': {
    readonly VisibleName?: string;
    readonly UserIdentityAssetReference?: string;
    readonly IncomingServer: {
      readonly ServerType: 'IMAP' | 'POP';
      readonly HostName: string;
      readonly Port?: number;
      readonly AuthenticationMethod: 'None' | 'Password' | 'CRAMMD5' | 'NTLM' | 'HTTPMD5';
      readonly AuthenticationCredentialsAssetReference?: string;
      readonly IMAPPathPrefix?: string;
    };
    readonly OutgoingServer: {
      readonly HostName: string;
      readonly Port?: number;
      readonly AuthenticationMethod: 'None' | 'Password' | 'CRAMMD5' | 'NTLM' | 'HTTPMD5';
      readonly AuthenticationCredentialsAssetReference?: string;
    };
    readonly SMIME?: {
      readonly Signing?: {
        readonly Enabled: boolean;
        readonly IdentityAssetReference?: string;
        readonly UserOverrideable?: boolean;
        readonly IdentityUserOverrideable?: boolean;
      };
      readonly Encryption?: {
        readonly Enabled: boolean;
        readonly IdentityAssetReference?: string;
        readonly UserOverrideable?: boolean;
        readonly IdentityUserOverrideable?: boolean;
        readonly PerMessageSwitchEnabled?: boolean;
      };
    };
  };
  /** declarative/declarations/configurations/account.subscribed-calendar.yaml */
  readonly 'com.apple.configuration.account.subscribed-calendar': {
    readonly VisibleName?: string;
    readonly CalendarURL: string;
    readonly AuthenticationCredentialsAssetReference?: string;
  };
  /** declarative/declarations/configurations/app.managed.yaml */
  readonly 'com.apple.configuration.app.managed': {
    readonly AppStoreID?: string;
    readonly BundleID?: string;
    readonly ManifestURL?: string;
    readonly InstallBehavior?: {
      readonly Install?: 'Optional' | 'Required';
      readonly License?: {
        readonly Assignment?: 'Device' | 'User';
        readonly VPPType?: 'Device' | 'User';
      };
    };
    readonly IncludeInBackup?: boolean;
    readonly Attributes?: {
      readonly AssociatedDomains?: readonly string[];
      readonly AssociatedDomainsEnableDirectDownloads?: boolean;
      readonly CellularSliceUUID?: string;
      readonly ContentFilterUUID?: string;
      readonly DNSProxyUUID?: string;
      readonly RelayUUID?: string;
      readonly TapToPayScreenLock?: boolean;
      readonly VPNUUID?: string;
    };
  };
  /** declarative/declarations/configurations/diskmanagement.settings.yaml */
  readonly 'com.apple.configuration.diskmanagement.settings': {
    readonly Restrictions?: {
      readonly ExternalStorage?: 'Allowed' | 'ReadOnly' | 'Disallowed';
      readonly NetworkStorage?: 'Allowed' | 'ReadOnly' | 'Disallowed';
    };
  };
  /** declarative/declarations/configurations/legacy.yaml */
  readonly 'com.apple.configuration.legacy': {
    readonly ProfileURL: string;
  };
  /** declarative/declarations/configurations/legacy.interactive.yaml */
  readonly 'com.apple.configuration.legacy.interactive': {
    readonly ProfileURL: string;
    readonly VisibleName: string;
  };
  /** declarative/declarations/configurations/management.status-subscriptions.yaml */
  readonly 'com.apple.configuration.management.status-subscriptions': {
    readonly StatusItems: readonly {
      readonly Name: string;
    }[];
  };
  /** declarative/declarations/configurations/management.test.yaml */
  readonly 'com.apple.configuration.management.test': {
    readonly Echo: string;
    readonly EchoDataAssetReference?: string;
    readonly ReturnStatus?: 'Installed' | 'Failed' | 'Unlocked';
  };
  /** declarative/declarations/configurations/math.settings.yaml */
  readonly 'com.apple.configuration.math.settings': {
    readonly Calculator?: {
      readonly BasicMode?: {
        readonly AddSquareRoot: boolean;
      };
      readonly ScientificMode?: {
        readonly Enabled: boolean;
      };
      readonly ProgrammerMode?: {
        readonly Enabled: boolean;
      };
      readonly MathNotesMode?: {
        readonly Enabled: boolean;
      };
      readonly InputModes?: {
        readonly UnitConversion: boolean;
        readonly RPN: boolean;
      };
    };
    readonly SystemBehavior?: {
      readonly KeyboardSuggestions: boolean;
      readonly MathNotes: boolean;
    };
  };
  /** declarative/declarations/configurations/passcode.settings.yaml */
  readonly 'com.apple.configuration.passcode.settings': {
    readonly RequirePasscode?: boolean;
    readonly RequireAlphanumericPasscode?: boolean;
    readonly RequireComplexPasscode?: boolean;
    readonly MinimumLength?: number;
    readonly MinimumComplexCharacters?: number;
    readonly MaximumFailedAttempts?: number;
    readonly FailedAttemptsResetInMinutes?: number;
    readonly MaximumGracePeriodInMinutes?: number;
    readonly MaximumInactivityInMinutes?: number;
    readonly MaximumPasscodeAgeInDays?: number;
    readonly PasscodeReuseLimit?: number;
    readonly ChangeAtNextAuth?: boolean;
    readonly CustomRegex?: {
      readonly Regex: string;
      readonly Description?: { readonly [key: string]: string | undefined };
    };
  };
  /** declarative/declarations/configurations/safari.extensions.settings.yaml */
  readonly 'com.apple.configuration.safari.extensions.settings': {
    readonly ManagedExtensions?: { readonly [key: string]: {
      readonly State?: 'Allowed' | 'AlwaysOn' | 'AlwaysOff';
      readonly PrivateBrowsing?: 'Allowed' | 'AlwaysOn' | 'AlwaysOff';
      readonly AllowedDomains?: readonly string[];
      readonly DeniedDomains?: readonly string[];
    } | undefined };
  };
  /** declarative/declarations/configurations/screensharing.connection.yaml */
  readonly 'com.apple.configuration.screensharing.connection': {
    readonly ConnectionUUID: string;
    readonly DisplayName: string;
    readonly HostName: string;
    readonly Port?: number;
    readonly DisplayConfiguration: {
      readonly DisplayType: 'Virtual1' | 'Virtual2';
    };
    readonly AuthenticationCredentialsAssetReference?: string;
  };
  /** declarative/declarations/configurations/screensharing.connection.group.yaml */
  readonly 'com.apple.configuration.screensharing.connection.group': {
    readonly ConnectionGroupUUID: string;
    readonly GroupName: string;
    readonly Members: readonly string[];
  };
  /** declarative/declarations/configurations/screensharing.host.settings.yaml */
  readonly 'com.apple.configuration.screensharing.host.settings': {
    readonly MaximumVirtualDisplays?: number;
    readonly PortBase?: number;
    readonly PreventCopyFilesFromHost?: boolean;
    readonly PreventCopyFilesToHost?: boolean;
    readonly PreventHighPerformanceConnections?: boolean;
  };
  /** declarative/declarations/configurations/security.certificate.yaml */
  readonly 'com.apple.configuration.security.certificate': {
    readonly CredentialAssetReference: string;
  };
  /** declarative/declarations/configurations/security.identity.yaml */
  readonly 'com.apple.configuration.security.identity': {
    readonly CredentialAssetReference: string;
    readonly AllowAllAppsAccess?: boolean;
    readonly KeyIsExtractable?: boolean;
  };
  /** declarative/declarations/configurations/security.passkey.attestation.yaml */
  readonly 'com.apple.configuration.security.passkey.attestation': {
    readonly AttestationIdentityAssetReference: string;
    readonly AttestationIdentityKeyIsExtractable?: boolean;
    readonly RelyingParties: readonly string[];
  };
  /** declarative/declarations/configurations/services.background-tasks.yaml */
  readonly 'com.apple.configuration.services.background-tasks': {
    readonly TaskType: string;
    readonly TaskDescription?: string;
    readonly ExecutableAssetReference?: string;
    readonly LaunchdConfigurations?: readonly ({
      readonly FileAssetReference: string;
      readonly Context: 'daemon' | 'agent';
    })[];
  };
  /** declarative/declarations/configurations/services.configuration-files.yaml */
  readonly 'com.apple.configuration.services.configuration-files': {
    readonly ServiceType: string;
    readonly DataAssetReference: string;
  };
  /** declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml */
  readonly 'com.apple.configuration.softwareupdate.enforcement.specific': {
    readonly TargetOSVersion: string;
    readonly TargetBuildVersion?: string;
    readonly TargetLocalDateTime: string;
    readonly DetailsURL?: string;
  };
  /** declarative/declarations/configurations/softwareupdate.settings.yaml */
  readonly 'com.apple.configuration.softwareupdate.settings': {
    readonly Notifications?: boolean;
    readonly Deferrals?: {
      readonly CombinedPeriodInDays?: number;
      readonly MajorPeriodInDays?: number;
      readonly MinorPeriodInDays?: number;
      readonly SystemPeriodInDays?: number;
    };
    readonly RecommendedCadence?: 'All' | 'Oldest' | 'Newest';
    readonly AutomaticActions?: {
      readonly Download?: 'Allowed' | 'AlwaysOn' | 'AlwaysOff';
      readonly InstallOSUpdates?: 'Allowed' | 'AlwaysOn' | 'AlwaysOff';
      readonly InstallSecurityUpdate?: 'Allowed' | 'AlwaysOn' | 'AlwaysOff';
    };
    readonly RapidSecurityResponse?: {
      readonly Enable?: boolean;
      readonly EnableRollback?: boolean;
    };
    readonly AllowStandardUserOSUpdates?: boolean;
    readonly Beta?: {
      readonly ProgramEnrollment?: 'Allowed' | 'AlwaysOn' | 'AlwaysOff';
      readonly OfferPrograms?: readonly {
        readonly Description: string;
        readonly Token: string;
      }[];
      readonly RequireProgram?: {
        readonly Description: string;
        readonly Token: string;
      };
    };
  };
  /** declarative/declarations/configurations/watch.enrollment.yaml */
  readonly 'com.apple.configuration.watch.enrollment': {
    readonly EnrollmentProfileURL: string;
    readonly AnchorCertificateAssetReferences?: readonly string[];
  };
  /** declarative/declarations/management/organization-info.yaml */
  readonly 'com.apple.management.organization-info': {
    readonly Name: string;
    readonly Email?: string;
    readonly URL?: string;
    readonly Proof?: {
      readonly IdentityToken?: string;
    };
  };
  /** declarative/declarations/management/properties.yaml */
  readonly 'com.apple.management.properties': { readonly [key: string]: JsonInput | undefined };
  /** declarative/declarations/management/server-capabilities.yaml */
  readonly 'com.apple.management.server-capabilities': {
    readonly Version: string;
    readonly SupportedFeatures: { readonly [key: string]: JsonInput | undefined };
  };
}

export const DECLARATIONS: { readonly [name: string]: Facts | undefined } = {
  'com.apple.activation.simple': {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      StandardConfigurations: { type: 'array', required: true, item: { type: 'string' } },
      Predicate: { type: 'string' },
    },
  },
  'com.apple.asset.credential.acme': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Reference: {
        type: 'dictionary',
        required: true,
        keys: {
          DataURL: { type: 'string', required: true },
          ContentType: { type: 'string' },
          Size: { type: 'integer' },
          'Hash-SHA-256': { type: 'string' },
        },
      },
      Authentication: {
        type: 'dictionary',
        keys: { Type: { type: 'string', required: true, oneOf: ['MDM', 'None'] } },
      },
      Accessible: { type: 'string', oneOf: ['Default', 'AfterFirstUnlock'] },
    },
  },
  'com.apple.asset.credential.certificate': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Reference: {
        type: 'dictionary',
        required: true,
        keys: {
          DataURL: { type: 'string', required: true },
          ContentType: { type: 'string' },
          Size: { type: 'integer' },
          'Hash-SHA-256': { type: 'string' },
        },
      },
      Authentication: {
        type: 'dictionary',
        keys: { Type: { type: 'string', required: true, oneOf: ['MDM', 'None'] } },
      },
    },
  },
  'com.apple.asset.credential.identity': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Reference: {
        type: 'dictionary',
        required: true,
        keys: {
          DataURL: { type: 'string', required: true },
          ContentType: { type: 'string' },
          Size: { type: 'integer' },
          'Hash-SHA-256': { type: 'string' },
        },
      },
      Authentication: {
        type: 'dictionary',
        keys: { Type: { type: 'string', required: true, oneOf: ['MDM', 'None'] } },
      },
      Accessible: { type: 'string', oneOf: ['Default', 'AfterFirstUnlock'] },
    },
  },
  'com.apple.asset.credential.scep': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Reference: {
        type: 'dictionary',
        required: true,
        keys: {
          DataURL: { type: 'string', required: true },
          ContentType: { type: 'string' },
          Size: { type: 'integer' },
          'Hash-SHA-256': { type: 'string' },
        },
      },
      Authentication: {
        type: 'dictionary',
        keys: { Type: { type: 'string', required: true, oneOf: ['MDM', 'None'] } },
      },
      Accessible: { type: 'string', oneOf: ['Default', 'AfterFirstUnlock'] },
    },
  },
  'com.apple.asset.credential.userpassword': {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Reference: {
        type: 'dictionary',
        required: true,
        keys: {
          DataURL: { type: 'string', required: true },
          ContentType: { type: 'string' },
          Size: { type: 'integer' },
          'Hash-SHA-256': { type: 'string' },
        },
      },
      Authentication: {
        type: 'dictionary',
        keys: { Type: { type: 'string', required: true, oneOf: ['MDM', 'None'] } },
        os: { iOS: { introduced: '17.0' }, macOS: { introduced: '14.0' }, tvOS: { introduced: '17.0' } },
      },
    },
  },
  'com.apple.asset.data': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Reference: {
        type: 'dictionary',
        required: true,
        keys: {
          DataURL: { type: 'string', required: true },
          ContentType: { type: 'string' },
          Size: { type: 'integer' },
          'Hash-SHA-256': { type: 'string' },
        },
      },
      Authentication: {
        type: 'dictionary',
        keys: { Type: { type: 'string', required: true, oneOf: ['MDM', 'None'] } },
      },
    },
  },
  'com.apple.asset.useridentity': {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { FullName: { type: 'string' }, EmailAddress: { type: 'string' } },
  },
  'com.apple.configuration.account.caldav': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      VisibleName: { type: 'string' },
      HostName: { type: 'string', required: true },
      Port: { type: 'integer' },
      Path: { type: 'string' },
      AuthenticationCredentialsAssetReference: { type: 'string' },
    },
  },
  'com.apple.configuration.account.carddav': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      VisibleName: { type: 'string' },
      HostName: { type: 'string', required: true },
      Port: { type: 'integer' },
      Path: { type: 'string' },
      AuthenticationCredentialsAssetReference: { type: 'string' },
    },
  },
  'com.apple.configuration.account.exchange': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      VisibleName: { type: 'string' },
      EnabledProtocolTypes: {
        type: 'array',
        required: true,
        item: { type: 'string', required: true, oneOf: ['EAS', 'EWS'] },
      },
      UserIdentityAssetReference: { type: 'string' },
      HostName: { type: 'string' },
      Port: { type: 'integer', os: { iOS: { introduced: 'n/a' }, visionOS: { introduced: 'n/a' } } },
      Path: { type: 'string', os: { iOS: { introduced: 'n/a' }, visionOS: { introduced: 'n/a' } } },
      ExternalHostName: { type: 'string', os: { iOS: { introduced: 'n/a' }, visionOS: { introduced: 'n/a' } } },
      ExternalPort: { type: 'integer', os: { iOS: { introduced: 'n/a' }, visionOS: { introduced: 'n/a' } } },
      'External Path': { type: 'string', os: { iOS: { introduced: 'n/a' }, visionOS: { introduced: 'n/a' } } },
      OAuth: {
        type: 'dictionary',
        keys: {
          Enabled: { type: 'boolean', required: true },
          SignInURL: { type: 'string' },
          TokenRequestURL: { type: 'string', os: { macOS: { introduced: 'n/a' } } },
        },
      },
      AuthenticationCredentialsAssetReference: { type: 'string' },
      AuthenticationIdentityAssetReference: { type: 'string' },
      SMIME: {
        type: 'dictionary',
        keys: {
          Signing: {
            type: 'dictionary',
            keys: {
              Enabled: { type: 'boolean', required: true },
              IdentityAssetReference: { type: 'string' },
              UserOverrideable: { type: 'boolean' },
              IdentityUserOverrideable: { type: 'boolean' },
            },
          },
          Encryption: {
            type: 'dictionary',
            keys: {
              Enabled: { type: 'boolean', required: true },
              IdentityAssetReference: { type: 'string' },
              UserOverrideable: { type: 'boolean' },
              IdentityUserOverrideable: { type: 'boolean' },
              PerMessageSwitchEnabled: { type: 'boolean' },
            },
          },
        },
        os: { iOS: { introduced: '17.0' }, macOS: { introduced: 'n/a' } },
      },
      MailServiceActive: { type: 'boolean' },
      LockMailService: { type: 'boolean', os: { macOS: { introduced: 'n/a' } } },
      ContactsServiceActive: { type: 'boolean' },
      LockContactsService: { type: 'boolean', os: { macOS: { introduced: 'n/a' } } },
      CalendarServiceActive: { type: 'boolean' },
      LockCalendarService: { type: 'boolean', os: { macOS: { introduced: 'n/a' } } },
      RemindersServiceActive: { type: 'boolean' },
      LockRemindersService: { type: 'boolean', os: { macOS: { introduced: 'n/a' } } },
      NotesServiceActive: { type: 'boolean' },
      LockNotesService: { type: 'boolean', os: { macOS: { introduced: 'n/a' } } },
    },
  },
  'com.apple.configuration.account.google': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: { VisibleName: { type: 'string' }, UserIdentityAssetReference: { type: 'string', required: true } },
  },
  'com.apple.configuration.account.ldap': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      VisibleName: { type: 'string' },
      HostName: { type: 'string', required: true },
      Port: { type: 'integer' },
      AuthenticationCredentialsAssetReference: { type: 'string' },
      SearchSettings: {
        type: 'array',
        item: {
          type: 'dictionary',
          keys: {
            VisibleDescription: { type: 'string' },
            SearchBase: { type: 'string', required: true },
            Scope: { type: 'string', oneOf: ['Base', 'OneLevel', 'Subtree'] },
          },
        },
      },
    },
  },
  'com.apple.configuration.account.mail': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      VisibleName: { type: 'string' },
      UserIdentityAssetReference: { type: 'string' },
      IncomingServer: {
        type: 'dictionary',
        required: true,
        keys: {
          ServerType: { type: 'string', required: true, oneOf: ['IMAP', 'POP'] },
          HostName: { type: 'string', required: true },
          Port: { type: 'integer' },
          AuthenticationMethod: {
            type: 'string',
            required: true,
            oneOf: ['None', 'Password', 'CRAMMD5', 'NTLM', 'HTTPMD5'],
          },
          AuthenticationCredentialsAssetReference: { type: 'string' },
          IMAPPathPrefix: { type: 'string' },
        },
      },
      OutgoingServer: {
        type: 'dictionary',
        required: true,
        keys: {
          HostName: { type: 'string', required: true },
          Port: { type: 'integer' },
          AuthenticationMethod: {
            type: 'string',
            required: true,
            oneOf: ['None', 'Password', 'CRAMMD5', 'NTLM', 'HTTPMD5'],
          },
          AuthenticationCredentialsAssetReference: { type: 'string' },
        },
      },
      SMIME: {
        type: 'dictionary',
        keys: {
          Signing: {
            type: 'dictionary',
            keys: {
              Enabled: { type: 'boolean', required: true },
              IdentityAssetReference: { type: 'string' },
              UserOverrideable: { type: 'boolean' },
              IdentityUserOverrideable: { type: 'boolean' },
            },
          },
          Encryption: {
            type: 'dictionary',
            keys: {
              Enabled: { type: 'boolean', required: true },
              IdentityAssetReference: { type: 'string' },
              UserOverrideable: { type: 'boolean' },
              IdentityUserOverrideable: { type: 'boolean' },
              PerMessageSwitchEnabled: { type: 'boolean' },
            },
          },
        },
        os: { iOS: { introduced: '17.0' }, macOS: { introduced: 'n/a' } },
      },
    },
  },
  'com.apple.configuration.account.subscribed-calendar': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '14.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      VisibleName: { type: 'string' },
      CalendarURL: { type: 'string', required: true },
      AuthenticationCredentialsAssetReference: { type: 'string' },
    },
  },
  'com.apple.configuration.app.managed': {
    os: { iOS: { introduced: '17.2' } },
    keys: {
      AppStoreID: { type: 'string' },
      BundleID: { type: 'string' },
      ManifestURL: { type: 'string' },
      InstallBehavior: {
        type: 'dictionary',
        keys: {
          Install: { type: 'string', oneOf: ['Optional', 'Required'] },
          License: {
            type: 'dictionary',
            keys: {
              Assignment: { type: 'string', oneOf: ['Device', 'User'] },
              VPPType: { type: 'string', oneOf: ['Device', 'User'], os: { iOS: { removed: '18.0' } } },
            },
          },
        },
      },
      IncludeInBackup: { type: 'boolean' },
      Attributes: {
        type: 'dictionary',
        keys: {
          AssociatedDomains: { type: 'array', item: { type: 'string', required: true } },
          AssociatedDomainsEnableDirectDownloads: { type: 'boolean' },
          CellularSliceUUID: { type: 'string' },
          ContentFilterUUID: { type: 'string' },
          DNSProxyUUID: { type: 'string' },
          RelayUUID: { type: 'string' },
          TapToPayScreenLock: { type: 'boolean' },
          VPNUUID: { type: 'string' },
        },
      },
    },
  },
  'com.apple.configuration.diskmanagement.settings': {
    os: { macOS: { introduced: '15.0', supervised: true, userEnrollment: 'forbidden' } },
    keys: {
      Restrictions: {
        type: 'dictionary',
        keys: {
          ExternalStorage: { type: 'string', oneOf: ['Allowed', 'ReadOnly', 'Disallowed'] },
          NetworkStorage: { type: 'string', oneOf: ['Allowed', 'ReadOnly', 'Disallowed'] },
        },
      },
    },
  },
  'com.apple.configuration.legacy': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { ProfileURL: { type: 'string', required: true } },
  },
  'com.apple.configuration.legacy.interactive': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { mode: 'forbidden', deviceChannel: false } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
    },
    keys: { ProfileURL: { type: 'string', required: true }, VisibleName: { type: 'string', required: true } },
  },
  'com.apple.configuration.management.status-subscriptions': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      StatusItems: {
        type: 'array',
        required: true,
        item: { type: 'dictionary', keys: { Name: { type: 'string', required: true } } },
      },
    },
  },
  'com.apple.configuration.management.test': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      Echo: { type: 'string', required: true },
      EchoDataAssetReference: {
        type: 'string',
        os: { iOS: { introduced: '17.0' }, macOS: { introduced: '14.0' }, tvOS: { introduced: '17.0' } },
      },
      ReturnStatus: { type: 'string', oneOf: ['Installed', 'Failed', 'Unlocked'] },
    },
  },
  'com.apple.configuration.math.settings': {
    os: {
      iOS: { introduced: '18.0', supervised: true, userEnrollment: 'forbidden', sharedIpad: { userChannel: true } },
      macOS: {
        introduced: '15.0',
        supervised: true,
        deviceChannel: false,
        userChannel: true,
        userEnrollment: 'forbidden',
      },
    },
    keys: {
      Calculator: {
        type: 'dictionary',
        keys: {
          BasicMode: { type: 'dictionary', keys: { AddSquareRoot: { type: 'boolean', required: true } } },
          ScientificMode: { type: 'dictionary', keys: { Enabled: { type: 'boolean', required: true } } },
          ProgrammerMode: {
            type: 'dictionary',
            keys: { Enabled: { type: 'boolean', required: true } },
            os: { iOS: { introduced: 'n/a' } },
          },
          MathNotesMode: { type: 'dictionary', keys: { Enabled: { type: 'boolean', required: true } } },
          InputModes: {
            type: 'dictionary',
            keys: {
              UnitConversion: { type: 'boolean', required: true },
              RPN: { type: 'boolean', required: true, os: { iOS: { introduced: 'n/a' } } },
            },
          },
        },
      },
      SystemBehavior: {
        type: 'dictionary',
        keys: {
          KeyboardSuggestions: { type: 'boolean', required: true },
          MathNotes: { type: 'boolean', required: true },
        },
      },
    },
  },
  'com.apple.configuration.passcode.settings': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { mode: 'forbidden', deviceChannel: false } },
      macOS: { introduced: '13.0', supervised: true, userChannel: true, userEnrollment: 'forbidden' },
      visionOS: { introduced: '2.0' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      RequirePasscode: { type: 'boolean' },
      RequireAlphanumericPasscode: {
        type: 'boolean',
        os: { iOS: { introduced: '16.2' }, macOS: { introduced: '13.1' }, watchOS: { introduced: 'n/a' } },
      },
      RequireComplexPasscode: { type: 'boolean' },
      MinimumLength: { type: 'integer', min: 0, max: 16 },
      MinimumComplexCharacters: {
        type: 'integer',
        min: 0,
        max: 4,
        os: { iOS: { introduced: '16.2' }, macOS: { introduced: '13.1' }, watchOS: { introduced: 'n/a' } },
      },
      MaximumFailedAttempts: { type: 'integer', min: 2, max: 11 },
      FailedAttemptsResetInMinutes: {
        type: 'integer',
        os: {
          iOS: { introduced: 'n/a' },
          macOS: { introduced: '13.1' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
      MaximumGracePeriodInMinutes: { type: 'integer' },
      MaximumInactivityInMinutes: { type: 'integer', min: 0, max: 15 },
      MaximumPasscodeAgeInDays: {
        type: 'integer',
        min: 0,
        max: 730,
        os: { iOS: { introduced: '16.2' }, macOS: { introduced: '13.1' } },
      },
      PasscodeReuseLimit: { type: 'integer', min: 1, max: 50 },
      ChangeAtNextAuth: {
        type: 'boolean',
        os: {
          iOS: { introduced: 'n/a' },
          macOS: { introduced: '13.1' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
      CustomRegex: {
        type: 'dictionary',
        keys: {
          Regex: { type: 'string', required: true },
          Description: { type: 'dictionary', others: { type: 'string' } },
        },
        os: {
          iOS: { introduced: 'n/a' },
          macOS: { introduced: '14.0' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
    },
  },
  'com.apple.configuration.safari.extensions.settings': {
    os: {
      iOS: {
        introduced: '18.0',
        supervised: true,
        userEnrollment: 'forbidden',
        sharedIpad: { deviceChannel: false, userChannel: true },
      },
      macOS: {
        introduced: '15.0',
        supervised: true,
        deviceChannel: false,
        userChannel: true,
        userEnrollment: 'forbidden',
      },
    },
    keys: {
      ManagedExtensions: {
        type: 'dictionary',
        others: {
          type: 'dictionary',
          keys: {
            State: { type: 'string', oneOf: ['Allowed', 'AlwaysOn', 'AlwaysOff'] },
            PrivateBrowsing: { type: 'string', oneOf: ['Allowed', 'AlwaysOn', 'AlwaysOff'] },
            AllowedDomains: { type: 'array', item: { type: 'string' } },
            DeniedDomains: { type: 'array', item: { type: 'string' } },
          },
        },
      },
    },
  },
  'com.apple.configuration.screensharing.connection': {
    os: { macOS: { introduced: '14.0', userChannel: true } },
    keys: {
      ConnectionUUID: { type: 'string', required: true },
      DisplayName: { type: 'string', required: true },
      HostName: { type: 'string', required: true },
      Port: { type: 'integer' },
      DisplayConfiguration: {
        type: 'dictionary',
        required: true,
        keys: { DisplayType: { type: 'string', required: true, oneOf: ['Virtual1', 'Virtual2'] } },
      },
      AuthenticationCredentialsAssetReference: { type: 'string' },
    },
  },
  'com.apple.configuration.screensharing.connection.group': {
    os: { macOS: { introduced: '14.0', userChannel: true } },
    keys: {
      ConnectionGroupUUID: { type: 'string', required: true },
      GroupName: { type: 'string', required: true },
      Members: { type: 'array', required: true, item: { type: 'string' } },
    },
  },
  'com.apple.configuration.screensharing.host.settings': {
    os: { macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' } },
    keys: {
      MaximumVirtualDisplays: { type: 'integer', min: 0, max: 2 },
      PortBase: { type: 'integer', min: 1024, max: 65535 },
      PreventCopyFilesFromHost: { type: 'boolean' },
      PreventCopyFilesToHost: { type: 'boolean' },
      PreventHighPerformanceConnections: { type: 'boolean' },
    },
  },
  'com.apple.configuration.security.certificate': {
    os: {
      iOS: { introduced: '17.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '14.0', userChannel: true },
      tvOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { CredentialAssetReference: { type: 'string', required: true } },
  },
  'com.apple.configuration.security.identity': {
    os: {
      iOS: { introduced: '17.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '14.0', userChannel: true },
      tvOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      CredentialAssetReference: { type: 'string', required: true },
      AllowAllAppsAccess: {
        type: 'boolean',
        os: {
          iOS: { introduced: 'n/a' },
          tvOS: { introduced: 'n/a' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
      KeyIsExtractable: {
        type: 'boolean',
        os: {
          iOS: { introduced: 'n/a' },
          tvOS: { introduced: 'n/a' },
          visionOS: { introduced: 'n/a' },
          watchOS: { introduced: 'n/a' },
        },
      },
    },
  },
  'com.apple.configuration.security.passkey.attestation': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden', sharedIpad: { mode: 'forbidden', deviceChannel: false } },
      macOS: {
        introduced: '14.0',
        supervised: true,
        deviceChannel: false,
        userChannel: true,
        userEnrollment: 'forbidden',
      },
    },
    keys: {
      AttestationIdentityAssetReference: { type: 'string', required: true },
      AttestationIdentityKeyIsExtractable: { type: 'boolean', os: { iOS: { introduced: 'n/a' } } },
      RelyingParties: { type: 'array', required: true, item: { type: 'string' } },
    },
  },
  'com.apple.configuration.services.background-tasks': {
    os: { macOS: { introduced: '15.0', supervised: true, userEnrollment: 'forbidden' } },
    keys: {
      TaskType: { type: 'string', required: true },
      TaskDescription: { type: 'string' },
      ExecutableAssetReference: { type: 'string' },
      LaunchdConfigurations: {
        type: 'array',
        item: {
          type: 'dictionary',
          required: true,
          keys: {
            FileAssetReference: { type: 'string', required: true },
            Context: { type: 'string', required: true, oneOf: ['daemon', 'agent'] },
          },
        },
      },
    },
  },
  'com.apple.configuration.services.configuration-files': {
    os: { macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' } },
    keys: { ServiceType: { type: 'string', required: true }, DataAssetReference: { type: 'string', required: true } },
  },
  'com.apple.configuration.softwareupdate.enforcement.specific': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '18.4', userEnrollment: 'forbidden' },
      visionOS: { introduced: '26.0', userEnrollment: 'forbidden' },
    },
    keys: {
      TargetOSVersion: { type: 'string', required: true },
      TargetBuildVersion: { type: 'string' },
      TargetLocalDateTime: { type: 'string', required: true },
      DetailsURL: { type: 'string' },
    },
  },
  'com.apple.configuration.softwareupdate.settings': {
    os: {
      iOS: { introduced: '18.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '15.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      Notifications: { type: 'boolean' },
      Deferrals: {
        type: 'dictionary',
        keys: {
          CombinedPeriodInDays: { type: 'integer', min: 1, max: 90, os: { macOS: { introduced: 'n/a' } } },
          MajorPeriodInDays: { type: 'integer', min: 1, max: 90, os: { iOS: { introduced: 'n/a' } } },
          MinorPeriodInDays: { type: 'integer', min: 1, max: 90, os: { iOS: { introduced: 'n/a' } } },
          SystemPeriodInDays: { type: 'integer', min: 1, max: 90, os: { iOS: { introduced: 'n/a' } } },
        },
        os: { iOS: { supervised: true } },
      },
      RecommendedCadence: { type: 'string', oneOf: ['All', 'Oldest', 'Newest'], os: { macOS: { introduced: 'n/a' } } },
      AutomaticActions: {
        type: 'dictionary',
        keys: {
          Download: { type: 'string', oneOf: ['Allowed', 'AlwaysOn', 'AlwaysOff'] },
          InstallOSUpdates: { type: 'string', oneOf: ['Allowed', 'AlwaysOn', 'AlwaysOff'] },
          InstallSecurityUpdate: {
            type: 'string',
            oneOf: ['Allowed', 'AlwaysOn', 'AlwaysOff'],
            os: { iOS: { introduced: 'n/a' } },
          },
        },
        os: { iOS: { supervised: true } },
      },
      RapidSecurityResponse: {
        type: 'dictionary',
        keys: { Enable: { type: 'boolean' }, EnableRollback: { type: 'boolean' } },
        os: { iOS: { supervised: true } },
      },
      AllowStandardUserOSUpdates: { type: 'boolean', os: { iOS: { introduced: 'n/a' } } },
      Beta: {
        type: 'dictionary',
        keys: {
          ProgramEnrollment: {
            type: 'string',
            oneOf: ['Allowed', 'AlwaysOn', 'AlwaysOff'],
            os: { iOS: { supervised: true } },
          },
          OfferPrograms: {
            type: 'array',
            item: {
              type: 'dictionary',
              required: true,
              keys: { Description: { type: 'string', required: true }, Token: { type: 'string', required: true } },
            },
          },
          RequireProgram: {
            type: 'dictionary',
            keys: { Description: { type: 'string', required: true }, Token: { type: 'string', required: true } },
            os: { iOS: { supervised: true } },
          },
        },
        os: { macOS: { introduced: 'n/a' } },
      },
    },
  },
  'com.apple.configuration.watch.enrollment': {
    os: {
      iOS: {
        introduced: '17.0',
        supervised: true,
        userEnrollment: 'forbidden',
        sharedIpad: { mode: 'forbidden', deviceChannel: false },
      },
    },
    keys: {
      EnrollmentProfileURL: { type: 'string', required: true },
      AnchorCertificateAssetReferences: { type: 'array', item: { type: 'string' } },
    },
  },
  'com.apple.management.organization-info': {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Name: { type: 'string', required: true },
      Email: { type: 'string' },
      URL: { type: 'string' },
      Proof: { type: 'dictionary', keys: { IdentityToken: { type: 'string' } } },
    },
  },
  'com.apple.management.properties': {
    os: {
      iOS: { introduced: '16.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    others: { type: 'any' },
    keys: {},
  },
  'com.apple.management.server-capabilities': {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Version: { type: 'string', required: true },
      SupportedFeatures: { type: 'dictionary', required: true, others: { type: 'any' } },
    },
  },
};
