type Json = Record<string, unknown>;

const DEVICE = '00008103-000A1C2E3F90001E';
const UUID = '7d1f3a52-9c4e-8b6d-a1f0-2e5c8b9d4f17';
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const COMMAND =
  '<dict><key>RequestType</key><string>DeviceInformation</string>' +
  '<key>Queries</key><array><string>OSVersion</string></array></dict>';

/** Where a name says more than its type. */
const byName: Record<string, unknown> = {
  expiresAt: '2026-11-22T05:00:00.000Z',
  certificateHash: '3f'.repeat(32),
  bodyId: 'c2a94e10-6b7d-8f35-9e02-1d4b7a6c5e83',
  deviceId: DEVICE,
  parentId: DEVICE,
  traceparent: TRACE,
  requestType: 'DeviceInformation',
  command: COMMAND,
  cause: 'inventory',
  productKey: 'MSU_UPDATE_24A335_patch_18.0.1_minor',
  osVersion: '18.0.1',
  version: '18.0.1',
  zone: 'Europe/Berlin',
  messageType: 'TokenUpdate',
  serialNumber: 'C02XG0FDH7JY',
  payload: '<plist version="1.0"><dict/></plist>',
  xml: '<plist version="1.0"><dict/></plist>',
  report: '{"StatusItems":{}}',
  identifier: 'com.example.passcode',
  type: 'com.apple.configuration.passcode.settings',
};

/** A value that fits the schema: every required member, and of the others those that are named in `byName`. */
export function sampleOf(schema: Json, name = ''): unknown {
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const options = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  if (options) return sampleOf(options[0]!, name);
  if (schema['type'] === 'array') return [sampleOf(schema['items'] as Json, name)];
  if (schema['type'] === 'object') return objectOf(schema);
  if (name in byName) return byName[name];
  return scalarOf(schema, name);
}

function objectOf(schema: Json): unknown {
  const required = (schema['required'] ?? []) as string[];
  const members = Object.entries((schema['properties'] ?? {}) as Record<string, Json>);
  const shown = members.filter(([member]) => required.includes(member) || member === 'traceparent');
  return Object.fromEntries(shown.map(([member, inner]) => [member, sampleOf(inner, member)]));
}

function scalarOf(schema: Json, name: string): unknown {
  if (schema['type'] === 'boolean') return false;
  if (schema['type'] === 'integer' || schema['type'] === 'number') return Math.max(Number(schema['minimum'] ?? 0), 1);
  if (schema['format'] === 'uuid') return UUID;
  if (schema['format'] === 'date-time') return '2026-11-22T02:00:00.000Z';
  if (schema['contentEncoding'] === 'base64' || schema['format'] === 'base64') return 'AAAA';
  return `${name || 'text'}`;
}
