import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AskedServices } from '../src/asked-services.ts';

const FLEET = `kind: Policy
name: macs
spec:
  platforms: [macOS]
  target: { kind: newest-minor, maximumVersion: 15.99.99 }
  installAction: InstallLater
  maxUserDeferrals: 3
  assignment: { groups: [laptops], excludedDevices: [MAC-9] }
  windows: [nightly, { days: [sat], start: '12:00', lengthMinutes: 90 }]
  blackouts: [{ from: 2026-12-24, to: 2026-12-27, why: holidays }]
  rings:
    - { name: pilots, percent: 2.5 }
    - { name: rest, afterDays: 3 }
  healthGate: {}
  deadline: { daysAfterRelease: 14 }
---
# The name comes from above.
kind: Window
name: nightly
spec: { start: '01:30' }
---
kind: Group
name: laptops
spec:
  any: [{ all: [{ fact: osVersion, operator: like, value: '15.*' }] }]
`;

/** The command line, on the two services that serve it, as an administrator uses them. */
describe('policies as files', () => {
  let services: AskedServices;
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lamp-files-'));
    services = await AskedServices.start('2026-10-01T18:00:00Z');
  });
  afterAll(async () => {
    await services?.stop();
    rmSync(dir, { recursive: true });
  });

  const lamp = (args: string[], input?: string) => services.lamp(args, input);
  const file = (name: string, content: string): string => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
  const call = (path: string, method = 'GET', body?: unknown) => services.call(method, path, body);
  const audited = async () =>
    (
      await services.database.admin.query<{ action: string }>({
        text: `SELECT action FROM admin_api.audit ORDER BY at, action`,
      })
    ).map(({ action }) => action);

  it('shows what files would change, changes it, and finds no difference afterwards', async () => {
    const path = file('fleet.yaml', FLEET);
    const before = await lamp(['diff', '-f', path]);
    expect(before).toMatchObject({ status: 1, stderr: '' });
    expect(before.stdout).toContain('3 resources would change.');
    const applied = await lamp(['apply', '-f', path]);
    expect(applied).toMatchObject({ status: 0, stderr: '' });
    expect(applied.stdout.trim().split('\n')).toEqual([
      'Group/laptops  created (version 1)',
      'Window/nightly  created (version 1)',
      'Policy/macs  created (version 1)',
    ]);
    expect(await lamp(['diff', '-f', path])).toEqual({ status: 0, stdout: 'Nothing would change.\n', stderr: '' });
    expect(await audited()).toEqual(['resources.apply']);
  }, 180_000);

  it('exports what it takes in again without a change, and no more than was written', async () => {
    const { stdout } = await lamp(['export']);
    expect(await lamp(['diff', '--prune', '-f', '-'], stdout)).toMatchObject({
      status: 0,
      stdout: 'Nothing would change.\n',
    });
    expect(stdout).not.toContain('pollMinutes');
    expect((await lamp(['export', 'window/nightly'])).stdout).toBe(
      '---\nkind: Window\nname: nightly\nspec:\n  start: "01:30"\n',
    );
    expect(await lamp(['export', 'policy/nobody'])).toMatchObject({ status: 1 });
  }, 180_000);

  it('names file, line, field and remedy of every mistake, and changes nothing', async () => {
    const path = file(
      'broken.yaml',
      'kind: Policy\nname: a\nspec:\n  windows:\n    - evening\n---\nkind: Policy\nname: b\nspec:\n  target: { kind: exact, version: "18.6" }\n',
    );
    const { status, stderr } = await lamp(['apply', '-f', path]);
    expect(status).toBe(2);
    expect(stderr).toContain('There are 2 mistakes');
    expect(stderr).toContain(`${path}:5  Policy/a  spec.windows.0: there is no window named "evening"`);
    expect(stderr).toContain(`${path}:10  Policy/b  spec.target.version: there is no macOS 18.6`);
    expect(stderr).toContain('→ give macOS a target of its own under byPlatform');
    const number = await lamp(
      ['diff', '-f', '-'],
      'kind: Policy\nname: a\nspec: { target: { kind: exact, version: 15.10 } }\n',
    );
    expect(number.stderr).toContain('an OS version stands in quotation marks');
    const typo = await lamp([
      'diff',
      '-f',
      file('typo.yaml', 'kind: Policy\nname: a\nspec:\n  pace:\n    spreed: 1\n'),
    ]);
    expect(typo).toMatchObject({ status: 2, stdout: '' });
    expect(typo.stderr).toContain('typo.yaml:5  Policy/a  spec.pace.spreed: there is no such field');
    for (const text of [
      'kind: Polizy\nname: a\n',
      'kind: Policy\nname: [a\n',
      'kind: Window\nname: w\n---\nkind: Window\nname: w\n',
      '',
    ]) {
      expect(await lamp(['apply', '-f', '-'], text)).toMatchObject({ status: 2, stdout: '' });
    }
    expect((await call('/v1/policies')).body['items']).toHaveLength(1);
  }, 180_000);

  it('removes what files no longer hold only when that is asked for and confirmed', async () => {
    const only = file('only.yaml', 'kind: Policy\nname: other\n');
    const refused = await lamp(['apply', '--prune', '-f', only]);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('This would remove Policy/macs.');
    expect((await lamp(['apply', '--prune', '--yes', '-f', only])).stdout).toContain(
      'Policy/macs  removed (version 2)',
    );
    expect((await call('/v1/windows')).body['items']).toMatchObject([{ name: 'nightly', usedBy: [] }]);
  }, 180_000);

  it('keeps versions with who made them, pauses, and removes', async () => {
    await lamp(['apply', '-f', '-'], 'kind: Policy\nname: other\nspec: { pollMinutes: 20, windows: [nightly] }\n');
    await lamp(['apply', '-f', '-'], "kind: Window\nname: nightly\nspec: { start: '03:00' }\n");
    const { stdout } = await lamp(['policy', 'history', 'other']);
    expect(stdout.split('\n').filter((line) => line.startsWith(' '))).toEqual([
      '    the window "nightly" changed',
      expect.stringMatching(/^ {4}windows.* → nightly|^ {4}windows/),
      '    pollMinutes: 10 → 20',
      '    created',
    ]);
    expect(stdout).toMatch(/^version 3 .*(admin|first|lamp)/);
    expect((await lamp(['policy', 'pause', 'other'])).stdout).toBe('Policy other is paused.\n');
    expect((await lamp(['policy', 'resume', 'other'])).stdout).toBe('Policy other goes on.\n');
    expect((await lamp(['tenant', 'pause'])).stdout).toContain('all policies are paused');
    expect((await call('/v1/tenant')).body).toEqual({ tenant: 'default', paused: true });
    expect((await lamp(['tenant', 'resume'])).stdout).toContain('not paused');
    expect(await call('/v1/windows/nightly', 'DELETE')).toMatchObject({
      status: 409,
      body: { error: { code: 'window.in-use' } },
    });
    expect((await lamp(['policy', 'remove', 'other'])).status).toBe(0);
    expect(await call('/v1/windows/nightly', 'DELETE')).toMatchObject({ status: 200 });
    expect(await audited()).toEqual(expect.arrayContaining(['policy.control', 'tenant.control', 'resources.apply']));
  }, 180_000);

  it('says over REST what is wrong with a policy, at its own paths', async () => {
    expect(await call('/v1/policies', 'POST', { name: 'x', installAction: 'NotifyOnly' })).toMatchObject({
      status: 400,
      body: { error: { code: 'input.invalid', fields: [{ path: 'installAction', value: 'NotifyOnly' }] } },
    });
    expect(await call('/v1/windows/w', 'PUT', { blackouts: [{ from: '2026-12-02', to: '2026-12-01' }] })).toMatchObject(
      {
        status: 400,
        body: { error: { fields: [{ path: 'blackouts.0.to', value: '2026-12-01' }] } },
      },
    );
    const made = await call('/v1/policies', 'POST', { name: 'x', healthGate: {} });
    expect(made).toMatchObject({ status: 201, body: { version: 1, warnings: [{ path: 'healthGate' }] } });
    const schema = await call('/v1/schemas/Policy');
    expect(schema.body).toMatchObject({ title: 'Lamplighter Policy', properties: { kind: { const: 'Policy' } } });
  });
});
