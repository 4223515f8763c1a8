import type { Session } from '../exchange/device-messages.ts';

const KINDS = { Activations: 'activation', Configurations: 'configuration', Assets: 'asset', Management: 'management' };

/** What a device whose update is enforced says of itself. */
const report = Buffer.from(
  JSON.stringify({
    StatusItems: {
      device: { 'operating-system': { version: '26.0', 'build-version': '25A354' } },
      softwareupdate: {
        'install-state': 'waiting',
        'pending-version': {
          'os-version': '26.1',
          'build-version': '25B78',
          'target-local-date-time': '2026-11-30T02:00:00',
        },
      },
      management: {
        declarations: {
          activations: [{ identifier: 'bench.act', 'server-token': 't', active: true, valid: 'valid' }],
          configurations: [{ identifier: 'bench.update', 'server-token': 't', active: true, valid: 'valid' }],
          assets: [],
          management: [],
        },
      },
    },
    Errors: [],
  }),
).toString('base64');

/** tokens → declaration-items → each declaration → status, as after a change. */
export function syncSession(deviceId: string): Session {
  const ask = (endpoint: string, data = ''): string => request(deviceId, endpoint, data);
  const left: string[] = [];
  let asked = 'tokens';
  const next = (endpoint: string, data?: string): string => ask((asked = endpoint), data);
  return {
    first: ask('tokens'),
    after({ status, body }) {
      if (status !== 200) throw new Error(`${deviceId} got ${status} "${body.slice(0, 200)}" to ${asked}`);
      if (asked === 'tokens') return next('declaration-items');
      if (asked === 'declaration-items') left.push(...endpointsIn(body));
      const endpoint = left.pop();
      if (endpoint !== undefined) return next(endpoint);
      return asked === 'status' ? undefined : next('status', `<key>Data</key><data>${report}</data>`);
    },
  };
}

function endpointsIn(body: string): string[] {
  const { Declarations } = JSON.parse(body) as {
    Declarations: Record<keyof typeof KINDS, { Identifier: string }[]>;
  };
  const endpoints = Object.entries(KINDS).flatMap(([key, kind]) =>
    Declarations[key as keyof typeof KINDS].map(({ Identifier }) => `declaration/${kind}/${Identifier}`),
  );
  if (endpoints.length === 0) throw new Error('a device has no declarations: stage them');
  return endpoints;
}

function request(deviceId: string, endpoint: string, data: string): string {
  const body =
    '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>MessageType</key>' +
    `<string>DeclarativeManagement</string><key>UDID</key><string>${deviceId}</string>` +
    `<key>Endpoint</key><string>${endpoint}</string>${data}</dict></plist>`;
  return `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-apple-aspen-mdm-checkin\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
