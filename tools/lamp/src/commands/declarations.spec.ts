import { describeDeclaration, describeDevice, describeStatus } from './declarations.ts';

describe('lamp declarations', () => {
  it('shows a declaration with its sets and its payload', () => {
    const one = {
      Identifier: 'a',
      Type: 'com.apple.configuration.management.test',
      ServerToken: 't',
      Payload: { Echo: 'x' },
    };
    expect(describeDeclaration(one, ['base', 'more'])).toBe(
      'identifier  a\ntype        com.apple.configuration.management.test\ntoken       t\nsets        base, more\n\n{\n  "Echo": "x"\n}',
    );
    expect(describeDeclaration(one, [])).toContain('sets        none holds it');
  });

  it('shows what a device is to have, what is kept from it, and who serves it', () => {
    const one = {
      servedBy: 'lamplighter',
      source: null,
      capabilities: 'presumed',
      identifiers: ['a', 'b'],
      leftOut: ['c'],
      isInSync: false,
      syncedAt: null,
    };
    expect(describeDevice(one).split('\n')).toEqual([
      'served by  Lamplighter',
      'in sync    no, it is told',
      'takes      what every device of its OS takes: it has not told yet',
      'has        a, b',
      'left out   c',
    ]);
    const theirs = { ...one, servedBy: 'elsewhere', source: 'nano' };
    expect(describeDevice(theirs)).toContain('another server: it is enrolled with nano, and has never asked here');
  });

  it('shows why a declaration is not in effect', () => {
    const told = {
      identifier: 'a',
      active: false,
      valid: 'invalid',
      current: true,
      status_received: '2026-11-22T10:00:00Z',
      reasons: [{ code: 'Error.X', description: 'Not for this OS', details: { os: '26' } }],
    };
    const lines = describeStatus('D', [told]).split('\n');
    expect(lines[1]).toMatch(/^a +no +invalid +yes +2026-11-22 10:00:00 +Not for this OS \{"os":"26"\}$/);
    expect(describeStatus('D', [])).toBe('D has not said anything of a declaration yet.');
  });
});
