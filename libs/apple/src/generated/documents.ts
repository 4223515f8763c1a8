// Written by tools/schema from Apple's device-management schema (declarative/declarations, declarative/protocol). Change the generator, not this file.
import type { Facts, JsonInput } from '../schema/model.ts';

export interface Documents {
  /** declarative/declarations/declarationbase.yaml */
  readonly Declaration: {
    readonly Type: string;
    readonly Identifier: string;
    readonly ServerToken: string;
    readonly Payload: { readonly [key: string]: JsonInput | undefined };
  };
  /** declarative/protocol/declarationitemsresponse.yaml */
  readonly DeclarationItemsResponse: {
    readonly Declarations: {
      readonly Activations: readonly {
        readonly Identifier: string;
        readonly ServerToken: string;
      }[];
      readonly Configurations: readonly {
        readonly Identifier: string;
        readonly ServerToken: string;
      }[];
      readonly Assets: readonly {
        readonly Identifier: string;
        readonly ServerToken: string;
      }[];
      readonly Management: readonly {
        readonly Identifier: string;
        readonly ServerToken: string;
      }[];
    };
    readonly DeclarationsToken: string;
  };
  /** declarative/protocol/statusreport.yaml */
  readonly StatusReport: {
    readonly StatusItems: { readonly [key: string]: JsonInput | undefined };
    readonly Errors: readonly ({
      readonly StatusItem: string;
      readonly Reasons?: readonly ({
        readonly Code: string;
        readonly Description?: string;
        readonly Details?: { readonly [key: string]: JsonInput | undefined };
      })[];
    })[];
    readonly FullReport?: boolean;
  };
  /** declarative/protocol/tokensresponse.yaml */
  readonly TokensResponse: {
    readonly SyncTokens: { readonly [key: string]: JsonInput | undefined };
  };
  /** declarative/declarations/assets/credentials/acme.yaml */
  readonly 'com.apple.credential.acme': {
    readonly DirectoryURL: string;
    readonly ClientIdentifier: string;
    readonly KeySize: number;
    readonly KeyType: 'RSA' | 'ECSECPrimeRandom';
    readonly HardwareBound: boolean;
    readonly Subject: readonly (readonly (readonly string[])[])[];
    readonly SubjectAltName?: {
      readonly rfc822Name?: string;
      readonly dNSName?: string;
      readonly uniformResourceIdentifier?: string;
      readonly ntPrincipalName?: string;
    };
    readonly UsageFlags?: number;
    readonly ExtendedKeyUsage?: readonly string[];
    readonly Attest?: boolean;
  };
  /** declarative/declarations/assets/credentials/identity.yaml */
  readonly 'com.apple.credential.identity': {
    readonly Password: string;
    readonly Identity: string;
  };
  /** declarative/declarations/assets/credentials/scep.yaml */
  readonly 'com.apple.credential.scep': {
    readonly URL: string;
    readonly Name?: string;
    readonly Subject?: readonly (readonly (readonly string[])[])[];
    readonly Challenge?: string;
    readonly Keysize?: 1024 | 2048 | 4096;
    readonly 'Key Type'?: string;
    readonly 'Key Usage'?: number;
    readonly CAFingerprint?: string;
    readonly Retries?: number;
    readonly RetryDelay?: number;
    readonly SubjectAltName?: {
      readonly rfc822Name?: string;
      readonly dNSName?: string;
      readonly uniformResourceIdentifier?: string;
      readonly ntPrincipalName?: string;
    };
  };
  /** declarative/declarations/assets/credentials/usernameandpassword.yaml */
  readonly 'com.apple.credential.usernameandpassword': {
    readonly UserName: string;
    readonly Password?: string;
  };
}

export const DOCUMENTS: { readonly [name: string]: Facts | undefined } = {
  Declaration: {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Type: { type: 'string', required: true },
      Identifier: { type: 'string', required: true },
      ServerToken: { type: 'string', required: true },
      Payload: { type: 'dictionary', required: true },
    },
  },
  DeclarationItemsResponse: {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      Declarations: {
        type: 'dictionary',
        required: true,
        keys: {
          Activations: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: { Identifier: { type: 'string', required: true }, ServerToken: { type: 'string', required: true } },
            },
          },
          Configurations: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: { Identifier: { type: 'string', required: true }, ServerToken: { type: 'string', required: true } },
            },
          },
          Assets: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: { Identifier: { type: 'string', required: true }, ServerToken: { type: 'string', required: true } },
            },
          },
          Management: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: { Identifier: { type: 'string', required: true }, ServerToken: { type: 'string', required: true } },
            },
          },
        },
      },
      DeclarationsToken: { type: 'string', required: true },
    },
  },
  StatusReport: {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      StatusItems: { type: 'dictionary', required: true },
      Errors: {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            StatusItem: { type: 'string', required: true },
            Reasons: {
              type: 'array',
              item: {
                type: 'dictionary',
                keys: {
                  Code: { type: 'string', required: true },
                  Description: { type: 'string' },
                  Details: { type: 'dictionary' },
                },
              },
            },
          },
        },
      },
      FullReport: {
        type: 'boolean',
        os: { iOS: { introduced: '17.0' }, macOS: { introduced: '14.0' }, tvOS: { introduced: '17.0' } },
      },
    },
  },
  TokensResponse: {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { SyncTokens: { type: 'dictionary', required: true } },
  },
  'com.apple.credential.acme': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      DirectoryURL: { type: 'string', required: true },
      ClientIdentifier: { type: 'string', required: true },
      KeySize: { type: 'integer', required: true },
      KeyType: { type: 'string', required: true, oneOf: ['RSA', 'ECSECPrimeRandom'] },
      HardwareBound: { type: 'boolean', required: true },
      Subject: {
        type: 'array',
        required: true,
        item: { type: 'array', item: { type: 'array', atLeast: 2, atMost: 2, item: { type: 'string' } } },
      },
      SubjectAltName: {
        type: 'dictionary',
        keys: {
          rfc822Name: { type: 'string' },
          dNSName: { type: 'string' },
          uniformResourceIdentifier: { type: 'string' },
          ntPrincipalName: { type: 'string' },
        },
      },
      UsageFlags: { type: 'integer' },
      ExtendedKeyUsage: { type: 'array', item: { type: 'string' } },
      Attest: { type: 'boolean' },
    },
  },
  'com.apple.credential.identity': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { Password: { type: 'string', required: true }, Identity: { type: 'string', required: true } },
  },
  'com.apple.credential.scep': {
    os: {
      iOS: { introduced: '17.0' },
      macOS: { introduced: '14.0' },
      tvOS: { introduced: '17.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: {
      URL: { type: 'string', required: true },
      Name: { type: 'string' },
      Subject: {
        type: 'array',
        item: { type: 'array', item: { type: 'array', atLeast: 2, atMost: 2, item: { type: 'string' } } },
      },
      Challenge: { type: 'string' },
      Keysize: { type: 'integer', oneOf: [1024, 2048, 4096] },
      'Key Type': { type: 'string' },
      'Key Usage': { type: 'integer' },
      CAFingerprint: { type: 'string' },
      Retries: { type: 'integer' },
      RetryDelay: { type: 'integer' },
      SubjectAltName: {
        type: 'dictionary',
        keys: {
          rfc822Name: { type: 'string' },
          dNSName: { type: 'string' },
          uniformResourceIdentifier: { type: 'string' },
          ntPrincipalName: { type: 'string' },
        },
      },
    },
  },
  'com.apple.credential.usernameandpassword': {
    os: {
      iOS: { introduced: '15.0' },
      macOS: { introduced: '13.0' },
      tvOS: { introduced: '16.0' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0' },
    },
    keys: { UserName: { type: 'string', required: true }, Password: { type: 'string' } },
  },
};
