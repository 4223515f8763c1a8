import { describe, expect, it } from '@jest/globals';
import type { DeclaredStatus } from '@lamplighter/contracts';
import fc from 'fast-check';
import { advance, concerns } from './advance.ts';
import { overdue } from './declared.ts';
import { NOW, terms, update } from './life.fixture.ts';
import { readObservation } from './triggers.ts';
import type { Update } from './update.ts';

const OURS = 'io.lamplighter.update.1';
const announced = (given: Partial<Update> = {}): Update =>
  update({ step: 'enforce', state: 'commanded', commandId: null, productKey: OURS, targetVersion: '26.2', ...given });
const say = (status: Partial<DeclaredStatus>): DeclaredStatus => ({ kind: 'declared-status', ...status });

function after(one: Update, status: Partial<DeclaredStatus>) {
  const happening = readObservation(one, say(status), NOW);
  return concerns(one, undefined, happening) ? advance(one, happening, terms()) : undefined;
}
const declared = (more: object = {}) => ({
  identifier: OURS,
  serverToken: 't',
  active: true,
  valid: 'valid',
  reasons: [],
  ...more,
});

describe('an update by declaration', () => {
  it('follows what the device says, and needs no command for it', () => {
    const walk = ['waiting', 'downloading', 'prepared', 'installing'].map((installState) =>
      after(announced(), { installState, declarationId: OURS }),
    );
    expect(walk.map((one) => one?.to)).toEqual(['commanded', 'downloading', 'downloaded', 'installing']);
    expect(walk.every((one) => one?.keepsCommand === true && one.ask === undefined)).toBe(true);
    expect(after(announced({ state: 'installing' }), { osVersion: '26.2' })).toMatchObject({
      to: 'installed',
      keepsCommand: false,
    });
  });

  it('waits for its time from when its declaration is active', () => {
    expect(after(announced(), { declarations: [declared()] })).toMatchObject({
      to: 'commanded',
      reason: 'waiting-for-its-time',
    });
    expect(after(announced(), { declarations: [declared({ active: false })] })).toBeUndefined();
  });

  it('moves once for what the device says twice', () => {
    const one = announced({ state: 'downloading' });
    expect(after(one, { installState: 'downloading' })).toBeUndefined();
  });

  it('goes on after a failure: the device tries again; with the cause, where its words tell', () => {
    const failure = { count: 2, reason: 'Not enough disk space' };
    expect(after(announced(), { installState: 'failed', failure })).toMatchObject({
      to: 'commanded',
      reason: 'insufficient-space',
      detail: expect.stringContaining('Not enough disk space, 2 times so far'),
    });
    expect(after(announced(), { installState: 'failed' })?.reason).toBe('enforcement-failing');
  });

  it.each([
    ['There is not enough free space for the update.', 'insufficient-space'],
    ['The battery is too low to install the update.', 'insufficient-power'],
    ['The network connection was lost while downloading.', 'insufficient-network'],
    ['The download of the update failed.', 'download-failed'],
    ['The installation of the update failed.', 'install-failed'],
    ['Cannot install during a phone call.', 'phone-call-in-progress'],
    ['The update 27.1 is not available for this device.', 'no-update-available'],
    ['Error 7', 'enforcement-failing'],
  ])('takes "%s" for what it speaks of, to the end if nothing changes', (words, reason) => {
    const failing = after(announced(), { installState: 'failed', failure: { count: 1, reason: words } });
    expect(failing?.reason).toBe(reason);
    const end = advance(announced({ reason }), overdue({ reason }), terms());
    expect(end).toMatchObject({ to: 'failed', reason });
  });

  it('installs no more where it says so while it installed', () => {
    const installing = announced({ state: 'installing', reason: null });
    const failure = { count: 1, reason: 'The installation of the update failed.' };
    expect(after(installing, { installState: 'failed', failure })).toMatchObject({
      to: 'commanded',
      reason: 'install-failed',
    });
    expect(after(installing, { installState: 'waiting' })).toMatchObject({
      to: 'commanded',
      reason: 'waiting-for-its-time',
    });
    expect(after(installing, { declarations: [declared()] })).toBeUndefined();
    expect(after({ ...installing, reason: 'past-recall' }, { installState: 'installing' })).toBeUndefined();
  });

  it('ends where the device refuses the declaration, with its words', () => {
    const reasons = [{ code: 'Error.ConfigurationCannotBeApplied', description: 'target is not newer' }];
    expect(
      after(announced(), { declarations: [declared({ active: false, valid: 'invalid', reasons })] }),
    ).toMatchObject({
      to: 'failed',
      reason: 'declaration-refused',
      detail: expect.stringContaining('Error.ConfigurationCannotBeApplied: target is not newer'),
    });
  });

  it('ends when its time has long passed: as not enforced, or with what the device failed at', () => {
    const ended = (reason: string | null) => advance(announced({ reason }), overdue({ reason }), terms());
    expect(ended('waiting-for-its-time')).toMatchObject({ to: 'failed', reason: 'not-enforced', keepsCommand: false });
    expect(ended(null)?.reason).toBe('not-enforced');
    expect(ended('insufficient-power')?.reason).toBe('insufficient-power');
  });

  it('is recalled late where its rollout was aborted while it installed, and it does so no more', () => {
    const told = (installState: string) =>
      advance(
        announced({ state: 'installing' }),
        readObservation(announced(), say({ installState }), NOW),
        terms({ aborted: true }),
      );
    expect(told('prepared')).toMatchObject({ to: 'failed', reason: 'aborted', keepsCommand: false });
    expect(told('installing')?.to ?? 'installing').toBe('installing');
  });

  it('is not moved by another update that the device has pending', () => {
    expect(after(announced(), { installState: 'downloading', declarationId: 'somebody.else' })).toBeUndefined();
    expect(after(announced(), { installState: 'downloading', pendingVersion: '26.1' })).toBeUndefined();
  });

  it('is not moved by words that nobody knows yet', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (installState, valid) => {
        fc.pre(!['waiting', 'downloading', 'prepared', 'installing', 'failed'].includes(installState));
        fc.pre(valid !== 'invalid');
        expect(
          after(announced(), { installState, declarations: [declared({ active: false, valid })] }),
        ).toBeUndefined();
      }),
    );
  });
});

describe('an update by command', () => {
  it('learns from a status report which version the device runs, and nothing else', () => {
    expect(after(update({ targetVersion: '18.7.8' }), { osVersion: '18.7.8' })?.to).toBe('installed');
    expect(after(update(), { installState: 'failed', osVersion: '18.1' })).toBeUndefined();
  });
});
