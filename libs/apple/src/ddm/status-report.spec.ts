import { describe, expect, it } from '@jest/globals';
import { parseStatusReport } from './status-report.ts';

const read = (report: unknown) => parseStatusReport(JSON.stringify(report));
const itemsOf = (StatusItems: unknown) => Object.fromEntries(read({ StatusItems }).items);

describe('a status report', () => {
  it('means the same with nested names, dotted names, and both', () => {
    const version = { 'device.operating-system.version': '26.1', 'softwareupdate.install-state': 'none' };
    expect(itemsOf(version)).toEqual(version);
    expect(
      itemsOf({ device: { 'operating-system': { version: '26.1' } }, softwareupdate: { 'install-state': 'none' } }),
    ).toEqual(version);
    expect(itemsOf({ device: { 'operating-system.version': '26.1' }, 'softwareupdate.install-state': 'none' })).toEqual(
      version,
    );
  });

  it('keeps a status item that is a dictionary in one piece, and takes an unknown one apart', () => {
    const failure = { count: 1, reason: 'no space' };
    expect(
      itemsOf({ softwareupdate: { 'failure-reason': failure }, device: { new: { thing: 1, other: [2] } } }),
    ).toEqual({ 'softwareupdate.failure-reason': failure, 'device.new.thing': 1, 'device.new.other': [2] });
  });

  it('has an entry for each member of an array that is reported piece by piece', () => {
    const app = { identifier: 'com.example.app', name: 'App' };
    const { items } = read({
      StatusItems: { mdm: { app: [app, { identifier: 'gone', _removed: true }, 'nonsense'] } },
    });
    expect([...items]).toEqual([
      ['mdm.app[com.example.app]', app],
      ['mdm.app[gone]', undefined],
    ]);
  });

  it('leaves arrays without such members whole', () => {
    const declarations = { activations: [], configurations: [{ identifier: 'a' }], assets: [], management: [] };
    expect(itemsOf({ management: { declarations } })).toEqual({ 'management.declarations': declarations });
  });

  it('tells errors with their reasons, and whether it is full', () => {
    const Errors = [{ StatusItem: 'x.y', Reasons: [{ Code: 'Error.Unknown', Description: 'so' }, {}] }, {}, 'no'];
    const { errors, isFull } = read({ StatusItems: {}, Errors, FullReport: true });
    expect(isFull).toBe(true);
    expect(errors).toEqual([{ statusItem: 'x.y', reasons: [{ code: 'Error.Unknown', description: 'so' }] }]);
    expect(read({ StatusItems: {}, FullReport: 'yes' }).isFull).toBe(false);
  });

  it('takes names of the object prototype for names like any other', () => {
    const { items } = parseStatusReport('{"StatusItems":{"__proto__":{"a":1},"constructor":2}}');
    expect([...items]).toEqual([
      ['__proto__.a', 1],
      ['constructor', 2],
    ]);
  });

  it('may hold any character, and what only looks like NUL', () => {
    const { items } = parseStatusReport('{"StatusItems":{"a":"\\ud83d\\ude00","b":"\\\\u0000"}}');
    expect([...items.values()]).toEqual(['\u{1f600}', '\\u0000']);
  });

  it('does not grow by names that are nested to great length', () => {
    const leaves = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, n]));
    expect(read({ StatusItems: { ['n'.repeat(100_000)]: leaves } }).items.size).toBe(0);
  });

  it.each([
    ['text', 'hello', 'status-report.not-json'],
    ['a list', '[]', 'status-report.not-a-report'],
    ['no items', '{"Errors":[]}', 'status-report.not-a-report'],
    ['NUL in a text', '{"StatusItems":{"a":"\\u0000"}}', 'status-report.not-text'],
    ['half a character', '{"StatusItems":{"a":"\\ud800"}}', 'status-report.not-text'],
    ['brackets alone', `{"StatusItems":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 'status-report.too-deep'],
  ])('is refused where it is %s', (_what, text, code) => {
    expect(() => parseStatusReport(text)).toThrow(expect.objectContaining({ code }));
  });
});
