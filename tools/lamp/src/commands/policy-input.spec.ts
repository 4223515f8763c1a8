import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { platformList, policyInput, targetOf } from './policy-input.ts';

const dir = mkdtempSync(join(tmpdir(), 'lamp-policy-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

describe('a policy from flags', () => {
  it('holds what the flags say and leaves the rest to the defaults', () => {
    const flags = { name: 'macs', platform: ['macOS'], start: '01:30', length: 180, stopBefore: 45, zone: 'device' };
    expect(policyInput(flags)).toEqual({
      name: 'macs',
      platforms: ['macOS'],
      windows: [{ start: '01:30', lengthMinutes: 180, stopBeforeMinutes: 45, zone: 'device' }],
    });
  });

  it('names every field that is wrong', () => {
    const wrong = { name: 'x', start: '25:00', length: 20, stopBefore: 30, zone: 'Mars/Olympus' };
    expect(() => policyInput(wrong)).toThrow(/windows\.0\.start: .*\n.*windows\.0\.zone: /);
    expect(() => policyInput({ name: 'x', length: 20, stopBefore: 30 })).toThrow('leaves no time to send');
    expect(() => policyInput({})).toThrow('no name');
  });

  it.each([
    ['newest', { kind: 'newest' }],
    ['newest:26', { kind: 'newest', maximumVersion: '26' }],
    ['newest-minor', { kind: 'newest-minor' }],
    ['15.7.1', { kind: 'exact', version: '15.7.1' }],
    ['15.7.1:24G231', { kind: 'exact', version: '15.7.1', build: '24G231' }],
  ])('takes the target %s', (text, target) => {
    expect(targetOf(text)).toEqual(target);
  });

  it('takes platforms in any case, separated by commas or repeated, and refuses others by name', () => {
    expect(platformList('ios,MACOS', ['tvOS'])).toEqual(['tvOS', 'iOS', 'macOS']);
    expect(() => platformList('macOS,windows')).toThrow('windows is none of macOS, iOS');
  });
});

describe('a policy from a file', () => {
  it('is YAML or JSON, and flags go over it', () => {
    const yaml = file(
      'policy.yaml',
      'name: night\ntarget: {kind: newest-minor}\nwindows:\n  - start: "03:00"\n    zone: Europe/Zurich\n',
    );
    expect(policyInput({ file: yaml, name: 'other', length: 90 })).toEqual({
      name: 'other',
      target: { kind: 'newest-minor' },
      windows: [{ start: '03:00', zone: 'Europe/Zurich', lengthMinutes: 90 }],
    });
    expect(policyInput({ file: file('policy.json', '{"name":"j"}') })).toMatchObject({ name: 'j' });
  });

  it('is also a document as lamp apply and lamp export have it', () => {
    const document = 'kind: Policy\nname: macs\nspec:\n  platforms: [macOS]\n';
    expect(policyInput({ file: file('document.yaml', document) })).toEqual({ name: 'macs', platforms: ['macOS'] });
    expect(() => policyInput({ file: file('window.yaml', 'kind: Window\nname: w\n') })).toThrow('of the kind Window');
    expect(() => policyInput({ file: file('two.yaml', `${document}---\n${document}`) })).toThrow('holds 2 documents');
    expect(() => policyInput({ file: file('broken.yaml', 'name: [x\n') })).toThrow('broken.yaml could not be read');
    expect(() => policyInput({ file: file('empty.yaml', '') })).toThrow('holds no policy');
  });

  it('names a field that there is not', () => {
    expect(() => policyInput({ file: file('typo.yaml', 'name: x\nplatfroms: [macOS]\n') })).toThrow(
      'platfroms: there is no such field (there: ["macOS"]) → write platforms',
    );
  });

  it('says what is wrong with a file', () => {
    expect(() => policyInput({ file: join(dir, 'absent') })).toThrow('absent could not be read');
    expect(() => policyInput({ file: file('list.yaml', '- a\n') })).toThrow('holds no policy');
    expect(() => policyInput({ file: file('bad.yaml', 'name: x\nplatforms: [linux]\n') })).toThrow('platforms.0');
  });
});
