import { describeDeclaration, describeStatus } from './declarations.ts';

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

  it('shows why a declaration is not in effect', () => {
    const told = {
      identifier: 'a',
      active: false,
      valid: 'invalid',
      current: true,
      status_received: '2026-11-22T10:00:00Z',
      reasons: [{ code: 'Error.X', description: 'Not for this OS' }],
    };
    const lines = describeStatus('D', [told]).split('\n');
    expect(lines[1]).toMatch(/^a +no +invalid +yes +2026-11-22 10:00:00 +Not for this OS$/);
    expect(describeStatus('D', [])).toBe('D has not said anything of a declaration yet.');
  });
});
