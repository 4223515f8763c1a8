import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../../tools/lamp/src/paths.ts';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

let bed: Bed;
beforeAll(async () => {
  bed = await startBed(() => true);
});
afterAll(() => bed?.stop());

type Operations = Record<string, { parameters?: { name: string; in: string }[] }>;
const { paths } = JSON.parse(readFileSync(join(repositoryRoot, 'docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Operations>;
};
const METHODS = ['get', 'put', 'post', 'delete'];
const routes = Object.entries(paths).flatMap(([path, operations]) =>
  METHODS.filter((method) => operations[method] !== undefined).map((method) => ({
    method: method.toUpperCase(),
    path,
    query: (operations[method]!.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name),
  })),
);

/** As they stand in a URL. */
const TEXTS = [
  '%00',
  'a%00b',
  '%20',
  '%F0%9F%92%A9',
  '..%2F..%2Fetc',
  '__proto__',
  'constructor',
  '-1',
  '0',
  '99999999999999999999',
  '1e400',
  'NaN',
  '%25',
  "'%3B--",
  '00000000-0000-0000-0000-000000000000',
  '2026-13-45T99:99:99Z',
  '0000-01-01T00:00:00Z_00000000-0000-0000-0000-000000000000',
  '9999-99-99T99:99:99.999Z_zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz',
  'x'.repeat(5_000),
];
const BODIES = [
  undefined,
  '',
  '{}',
  '[]',
  'null',
  '1',
  '"text"',
  '{',
  '\u0000',
  '{"name":"\\u0000"}',
  '{"__proto__":{"a":1},"constructor":{"prototype":{}}}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '{"udid":"a","request_type":"DeviceInformation","queries":["\\u0000"],"command_uuid":"x"}',
  '{"udid":"\\u0000","request_type":"AvailableOSUpdates"}',
  '{"udid":"a","request_type":"Settings","settings":[{"item":"x","configuration":"AAAA"}]}',
  '{"udid":"a","request_type":"InstallApplication","itunes_store_id":9007199254740993}',
  '{"command":{"RequestType":"DeviceInformation","Queries":["\\ud800"],"N":1e308,"D":{"$date":"-271821-04-20T00:00:00Z"}}}',
  `{"Identifier":"deep","Type":"com.apple.configuration.management.test","Payload":{"Echo":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`,
  '{"command":{"RequestType":"\\u0000"}}',
  '{"deviceIds":["\\u0000"],"command":{"RequestType":"DeviceInformation"}}',
  '<plist version="1.0"><dict><key>CommandUUID</key><string>x</string></dict></plist>',
];

/** An answer 500 is one that nobody foresaw: whoever sent it is told nothing, and the log is full of it. */
describe('whatever is sent', () => {
  const authorization = basic('lamp', TOKENS.default);
  const failed: string[] = [];
  const send = async (method: string, path: string, body?: string) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    const reply = await bed.call(path, { method, ...(body === undefined ? {} : { body }), headers, authorization });
    if (reply.status === 500 && !reply.text.includes('"push_error"') && !reply.text.includes('_error"')) {
      failed.push(`${method} ${path.slice(0, 120)} ${(body ?? '').slice(0, 80)}: ${reply.text.slice(0, 300)}`);
    }
  };

  it('in a path', async () => {
    for (const { method, path } of routes) {
      if (!path.includes('{')) continue;
      await Promise.all(TEXTS.map((text) => send(method, path.replaceAll(/\{[^}]+\}/g, text))));
    }
    expect(failed).toEqual([]);
  }, 300_000);

  it('in a query', async () => {
    failed.length = 0;
    for (const { method, path, query } of routes) {
      const known = path.replaceAll(/\{[^}]+\}/g, '6f1c1f5e-0000-8000-8000-000000000005');
      for (const name of query) {
        const texts = [...TEXTS, `a&${name}=b`];
        await Promise.all(texts.map((text) => send(method, `${known}?${name}=${text}`)));
      }
    }
    expect(failed).toEqual([]);
  }, 300_000);

  it('as a body', async () => {
    failed.length = 0;
    for (const { method, path } of routes) {
      if (method === 'GET') continue;
      const known = path.replaceAll(/\{[^}]+\}/g, '6f1c1f5e-0000-8000-8000-000000000005');
      await Promise.all(BODIES.map((body) => send(method, known, body)));
    }
    expect(failed).toEqual([]);
  }, 300_000);
});
