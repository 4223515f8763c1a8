// Written by tools/schema from Apple's device-management schema (declarative/status). Change the generator, not this file.
import type { Facts } from '../schema/model.ts';

export const STATUS_ITEMS: { readonly [name: string]: Facts | undefined } = {
  'account.list.caldav': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.caldav': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            hostname: { type: 'string' },
            port: { type: 'integer' },
            username: { type: 'string' },
            'are-calendars-enabled': { type: 'boolean' },
            'are-reminders-enabled': { type: 'boolean' },
          },
        },
      },
    },
  },
  'account.list.carddav': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.carddav': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            hostname: { type: 'string' },
            port: { type: 'integer' },
            username: { type: 'string' },
          },
        },
      },
    },
  },
  'account.list.exchange': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.exchange': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            hostname: { type: 'string' },
            port: { type: 'integer' },
            username: { type: 'string' },
            'is-mail-enabled': { type: 'boolean' },
            'are-calendars-enabled': { type: 'boolean' },
            'are-contacts-enabled': { type: 'boolean' },
            'are-notes-enabled': { type: 'boolean' },
            'are-reminders-enabled': { type: 'boolean' },
          },
        },
      },
    },
  },
  'account.list.google': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.google': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            username: { type: 'string' },
            'is-mail-enabled': { type: 'boolean' },
            'are-calendars-enabled': { type: 'boolean' },
            'are-contacts-enabled': { type: 'boolean' },
            'are-notes-enabled': { type: 'boolean' },
          },
        },
      },
    },
  },
  'account.list.ldap': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.ldap': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            hostname: { type: 'string' },
            port: { type: 'integer' },
            username: { type: 'string' },
            'is-enabled': { type: 'boolean' },
          },
        },
      },
    },
  },
  'account.list.mail.incoming': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.mail.incoming': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            hostname: { type: 'string' },
            port: { type: 'integer' },
            username: { type: 'string' },
            'is-mail-enabled': { type: 'boolean' },
            'are-notes-enabled': { type: 'boolean' },
          },
        },
      },
    },
  },
  'account.list.mail.outgoing': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '13.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.mail.outgoing': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            hostname: { type: 'string' },
            port: { type: 'integer' },
            username: { type: 'string' },
          },
        },
      },
    },
  },
  'account.list.subscribed-calendar': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { deviceChannel: false, userChannel: true } },
      macOS: { introduced: '14.0', deviceChannel: false, userChannel: true },
      visionOS: { introduced: '1.1' },
    },
    keys: {
      'account.list.subscribed-calendar': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'visible-name': { type: 'string' },
            'calendar-url': { type: 'string' },
            username: { type: 'string' },
            'is-enabled': { type: 'boolean' },
          },
        },
      },
    },
  },
  'app.managed.list': {
    os: { iOS: { introduced: '17.2' } },
    keys: {
      'app.managed.list': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            name: { type: 'string' },
            'external-version-id': { type: 'integer' },
            version: { type: 'string' },
            'short-version': { type: 'string' },
            state: {
              type: 'string',
              oneOf: [
                'optional',
                'queued',
                'prompting-for-consent',
                'prompting-for-login',
                'prompting-for-management',
                'downloading',
                'installing',
                'managed',
                'managed-but-uninstalled',
                'failed',
              ],
            },
            'update-state': {
              type: 'string',
              oneOf: ['available', 'prompting-for-update', 'prompting-for-update-login', 'updating', 'failed'],
            },
            reasons: {
              type: 'array',
              item: {
                type: 'dictionary',
                keys: {
                  code: { type: 'string', required: true },
                  description: { type: 'string' },
                  details: { type: 'dictionary', others: { type: 'any' } },
                },
              },
            },
          },
        },
      },
    },
  },
  'device.identifier.serial-number': {
    os: {
      iOS: { introduced: '16.0', userEnrollment: 'forbidden', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', supervised: true, userChannel: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1', userEnrollment: 'forbidden' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.identifier.serial-number': { type: 'string', required: true } },
  },
  'device.identifier.udid': {
    os: {
      iOS: { introduced: '16.0', userEnrollment: 'forbidden', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', supervised: true, userChannel: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1', userEnrollment: 'forbidden' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.identifier.udid': { type: 'string', required: true } },
  },
  'device.model.family': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.model.family': { type: 'string', required: true } },
  },
  'device.model.identifier': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.model.identifier': { type: 'string', required: true } },
  },
  'device.model.marketing-name': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.model.marketing-name': { type: 'string', required: true } },
  },
  'device.model.number': {
    os: {
      iOS: { introduced: '17.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '14.0', userChannel: true },
      tvOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.model.number': { type: 'string', required: true } },
  },
  'device.operating-system.build-version': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.operating-system.build-version': { type: 'string', required: true } },
  },
  'device.operating-system.family': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.operating-system.family': { type: 'string', required: true } },
  },
  'device.operating-system.marketing-name': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.operating-system.marketing-name': { type: 'string', required: true } },
  },
  'device.operating-system.supplemental.build-version': {
    os: {
      iOS: { introduced: '16.1', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.1', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.operating-system.supplemental.build-version': { type: 'string', required: true } },
  },
  'device.operating-system.supplemental.extra-version': {
    os: {
      iOS: { introduced: '16.1', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.1', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.operating-system.supplemental.extra-version': { type: 'string', required: true } },
  },
  'device.operating-system.version': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'device.operating-system.version': { type: 'string', required: true } },
  },
  'device.power.battery-health': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '14.4', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'device.power.battery-health': {
        type: 'string',
        required: true,
        oneOf: ['non-genuine', 'normal', 'service-recommended', 'unknown', 'unsupported'],
      },
    },
  },
  'diskmanagement.filevault.enabled': {
    os: { macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' } },
    keys: { 'diskmanagement.filevault.enabled': { type: 'boolean', required: true } },
  },
  'management.client-capabilities': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'management.client-capabilities': {
        type: 'dictionary',
        required: true,
        keys: {
          'supported-versions': { type: 'array', required: true, item: { type: 'string' } },
          'supported-features': { type: 'dictionary', required: true, others: { type: 'any' } },
          'supported-payloads': {
            type: 'dictionary',
            required: true,
            keys: {
              declarations: {
                type: 'dictionary',
                required: true,
                keys: {
                  activations: { type: 'array', item: { type: 'string' } },
                  assets: { type: 'array', item: { type: 'string' } },
                  configurations: { type: 'array', item: { type: 'string' } },
                  management: { type: 'array', item: { type: 'string' } },
                },
              },
              'status-items': { type: 'array', required: true, item: { type: 'string' } },
            },
          },
        },
      },
    },
  },
  'management.declarations': {
    os: {
      iOS: { introduced: '15.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'management.declarations': {
        type: 'dictionary',
        required: true,
        keys: {
          activations: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: {
                identifier: { type: 'string', required: true },
                'server-token': { type: 'string', required: true },
                active: { type: 'boolean', required: true },
                valid: { type: 'string', required: true, oneOf: ['unknown', 'invalid', 'valid'] },
                reasons: {
                  type: 'array',
                  item: {
                    type: 'dictionary',
                    keys: {
                      code: { type: 'string', required: true },
                      description: { type: 'string' },
                      details: { type: 'dictionary', others: { type: 'any' } },
                    },
                  },
                },
              },
            },
          },
          configurations: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: {
                identifier: { type: 'string', required: true },
                'server-token': { type: 'string', required: true },
                active: { type: 'boolean', required: true },
                valid: { type: 'string', required: true, oneOf: ['unknown', 'invalid', 'valid'] },
                reasons: {
                  type: 'array',
                  item: {
                    type: 'dictionary',
                    keys: {
                      code: { type: 'string', required: true },
                      description: { type: 'string' },
                      details: { type: 'dictionary', others: { type: 'any' } },
                    },
                  },
                },
              },
            },
          },
          assets: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: {
                identifier: { type: 'string', required: true },
                'server-token': { type: 'string', required: true },
                active: { type: 'boolean', required: true },
                valid: { type: 'string', required: true, oneOf: ['unknown', 'invalid', 'valid'] },
                reasons: {
                  type: 'array',
                  item: {
                    type: 'dictionary',
                    keys: {
                      code: { type: 'string', required: true },
                      description: { type: 'string' },
                      details: { type: 'dictionary', others: { type: 'any' } },
                    },
                  },
                },
              },
            },
          },
          management: {
            type: 'array',
            required: true,
            item: {
              type: 'dictionary',
              keys: {
                identifier: { type: 'string', required: true },
                'server-token': { type: 'string', required: true },
                active: { type: 'boolean', required: true },
                valid: { type: 'string', required: true, oneOf: ['unknown', 'invalid', 'valid'] },
                reasons: {
                  type: 'array',
                  item: {
                    type: 'dictionary',
                    keys: {
                      code: { type: 'string', required: true },
                      description: { type: 'string' },
                      details: { type: 'dictionary', others: { type: 'any' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  'mdm.app': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'mdm.app': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            name: { type: 'string' },
            'external-version-id': { type: 'string' },
            version: { type: 'string' },
            'short-version': { type: 'string' },
            state: {
              type: 'string',
              oneOf: [
                'queued',
                'needs-redemption',
                'redeeming',
                'prompting',
                'prompting-for-login',
                'validating-purchase',
                'prompting-for-update',
                'prompting-for-update-login',
                'prompting-for-management',
                'validating-update',
                'updating',
                'installing',
                'managed',
                'managed-but-uninstalled',
                'unknown',
                'user-installed-app',
                'user-rejected',
                'update-rejected',
                'management-rejected',
                'failed',
              ],
            },
          },
        },
      },
    },
  },
  'passcode.is-compliant': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'passcode.is-compliant': { type: 'boolean', required: true } },
  },
  'passcode.is-present': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'passcode.is-present': { type: 'boolean', required: true } },
  },
  'screensharing.connection.group.unresolved-connection': {
    os: { macOS: { introduced: '14.1', userChannel: true } },
    keys: {
      'screensharing.connection.group.unresolved-connection': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            unresolved_connections: { type: 'array', item: { type: 'string' } },
          },
        },
      },
    },
  },
  'security.certificate.list': {
    os: {
      iOS: { introduced: '17.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '14.0', userChannel: true },
      tvOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'security.certificate.list': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'declaration-identifier': { type: 'string' },
            'subject-summary': { type: 'string', required: true },
            'is-identity': { type: 'boolean', required: true },
            data: { type: 'string', required: true },
          },
        },
      },
    },
  },
  'services.background-task': {
    os: { macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' } },
    keys: {
      'services.background-task': {
        type: 'array',
        required: true,
        item: {
          type: 'dictionary',
          keys: {
            identifier: { type: 'string', required: true },
            _removed: { type: 'boolean' },
            'code-signature': { type: 'string' },
            uid: { type: 'integer', required: true },
            path: { type: 'string', required: true },
            state: {
              type: 'string',
              required: true,
              oneOf: ['not-registered', 'enabled', 'requires-approval', 'not-found'],
            },
            type: { type: 'string', required: true, oneOf: ['daemon', 'agent', 'login-item', 'app', 'user-item'] },
            launchd: {
              type: 'dictionary',
              keys: {
                label: { type: 'string', required: true },
                program: { type: 'string', required: true },
                'program-arguments': { type: 'array', item: { type: 'string' } },
                checksum: { type: 'string', required: true },
                'device-management': {
                  type: 'dictionary',
                  keys: {
                    'configuration-identifier': { type: 'string', required: true },
                    'asset-identifier': { type: 'string', required: true },
                    'asset-server-token': { type: 'string', required: true },
                  },
                  os: { macOS: { introduced: '15.0' } },
                },
              },
            },
          },
        },
      },
    },
  },
  'softwareupdate.beta-enrollment': {
    os: {
      iOS: { introduced: '18.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '15.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'softwareupdate.beta-enrollment': { type: 'string', required: true } },
  },
  'softwareupdate.device-id': {
    os: {
      iOS: { introduced: '18.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '15.0', supervised: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '18.4', userEnrollment: 'forbidden' },
      visionOS: { introduced: '26.4', userEnrollment: 'forbidden' },
    },
    keys: { 'softwareupdate.device-id': { type: 'string', required: true } },
  },
  'softwareupdate.failure-reason': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '18.4', userEnrollment: 'forbidden' },
      visionOS: { introduced: '26.0', userEnrollment: 'forbidden' },
    },
    keys: {
      'softwareupdate.failure-reason': {
        type: 'dictionary',
        required: true,
        keys: { count: { type: 'integer', required: true }, reason: { type: 'string' }, timestamp: { type: 'string' } },
      },
    },
  },
  'softwareupdate.install-reason': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '18.4', userEnrollment: 'forbidden' },
      visionOS: { introduced: '26.0', userEnrollment: 'forbidden' },
    },
    keys: {
      'softwareupdate.install-reason': {
        type: 'dictionary',
        required: true,
        keys: {
          reason: {
            type: 'array',
            required: true,
            item: {
              type: 'string',
              required: true,
              oneOf: [
                'system-settings',
                'install-tonight',
                'auto-update',
                'notification',
                'setup-assistant',
                'command-line',
                'mdm',
                'declaration',
              ],
            },
          },
          'declaration-id': { type: 'string' },
        },
      },
    },
  },
  'softwareupdate.install-state': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '18.4', userEnrollment: 'forbidden' },
      visionOS: { introduced: '26.0', userEnrollment: 'forbidden' },
    },
    keys: {
      'softwareupdate.install-state': {
        type: 'string',
        required: true,
        oneOf: ['none', 'downloading', 'prepared', 'installing', 'failed'],
      },
    },
  },
  'softwareupdate.pending-version': {
    os: {
      iOS: { introduced: '17.0', userEnrollment: 'forbidden' },
      macOS: { introduced: '14.0', supervised: true, userEnrollment: 'forbidden' },
      tvOS: { introduced: '18.4', userEnrollment: 'forbidden' },
      visionOS: { introduced: '26.0', userEnrollment: 'forbidden' },
    },
    keys: {
      'softwareupdate.pending-version': {
        type: 'dictionary',
        required: true,
        keys: {
          'os-version': { type: 'string', required: true },
          'build-version': { type: 'string', required: true },
          'target-local-date-time': { type: 'string' },
        },
      },
    },
  },
  'test.array-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'test.array-value': {
        type: 'array',
        required: true,
        item: { type: 'dictionary', keys: { key1: { type: 'string', required: true }, key2: { type: 'string' } } },
      },
    },
  },
  'test.boolean-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'test.boolean-value': { type: 'boolean', required: true } },
  },
  'test.dictionary-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: {
      'test.dictionary-value': {
        type: 'dictionary',
        required: true,
        keys: { key1: { type: 'string', required: true }, key2: { type: 'string' } },
      },
    },
  },
  'test.error-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'test.error-value': { type: 'string', required: true } },
  },
  'test.integer-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'test.integer-value': { type: 'integer', required: true } },
  },
  'test.real-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'test.real-value': { type: 'real', required: true } },
  },
  'test.string-value': {
    os: {
      iOS: { introduced: '16.0', sharedIpad: { userChannel: true } },
      macOS: { introduced: '13.0', userChannel: true },
      tvOS: { introduced: '16.0', userEnrollment: 'forbidden' },
      visionOS: { introduced: '1.1' },
      watchOS: { introduced: '10.0', supervised: true, userEnrollment: 'forbidden' },
    },
    keys: { 'test.string-value': { type: 'string', required: true } },
  },
};
