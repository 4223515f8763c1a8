import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const base = `
payload:
  requesttype: StartEngine
  supportedOS:
    iOS:
      introduced: n/a
    macOS:
      introduced: '11.0'
      devicechannel: true
      userchannel: false
      supervised: true
      requiresdep: false
      userenrollment:
        mode: forbidden
payloadkeys:
- key: Gear
  supportedOS:
    macOS:
      introduced: '12.0'
      supervised: true
  type: <integer>
  presence: required
  range:
    min: 1
    max: 5
`;

const declaration = `
payload:
  declarationtype: com.apple.configuration.engine
  supportedOS:
    iOS:
      introduced: '17.0'
      allowed-enrollments: [supervised, user]
      allowed-scopes: [system]
      sharedipad:
        allowed-scopes: []
    macOS:
      introduced: '14.0'
      allowed-enrollments: [supervised]
      allowed-scopes: [user]
payloadkeys:
- key: Started
  type: <date>
- key: ANY
  type: <any>
`;

const envelope = `
payload:
  declarationtype: any
  supportedOS:
    macOS:
      introduced: '13.0'
payloadkeys:
- key: Identifier
  type: <string>
  presence: required
`;

const item = `
payload:
  statusitemtype: engine.gear
  supportedOS:
    macOS:
      introduced: '14.0'
payloadkeys:
- key: engine.gear
  type: <integer>
  presence: required
`;

const files: Record<string, string> = {
  'mdm/commands/engine.start.yaml': base,
  'declarative/declarations/declarationbase.yaml': envelope,
  'declarative/declarations/configurations/engine.yaml': declaration,
  'declarative/protocol/empty.yaml': 'title: Nothing to say',
  'declarative/status/engine.gear.yaml': item,
};

/** A small checkout of a schema of our own in a temporary folder, with `more` files beside or instead. */
export function checkoutOf(more: Record<string, string> = {}): string {
  const checkout = mkdtempSync(join(tmpdir(), 'lamp-schema-'));
  for (const [path, text] of Object.entries({ ...files, ...more })) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  }
  return checkout;
}

/** The command's text, with one change. */
export const commandWith = (from: string, to: string): string => base.replace(from, to);
