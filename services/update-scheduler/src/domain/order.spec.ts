import { mac, minutesAfter, NOW, terms, update } from './life.fixture.ts';
import { isMajorStep, orderFor } from './order.ts';
import type { Terms, Update } from './update.ts';

const action = (
  one: Update,
  given: Partial<Terms> = {},
  step: 'download' | 'install' | 'install-fallback' = 'install',
) => orderFor(step, one, terms(given))?.installAction;
const major = (given: Partial<Update> = {}): Update => mac({ targetVersion: '26.6.2', ...given });

describe('how ScheduleOSUpdate asks', () => {
  it('asks macOS for major updates with InstallASAP alone, and says what it takes the place of', () => {
    expect(
      orderFor('install', major(), terms({ installAction: 'InstallForceRestart', updatePriority: 'High' })),
    ).toEqual({
      installAction: 'InstallASAP',
      notes: [
        'InstallForceRestart is replaced by InstallASAP: a major update takes nothing else',
        'Priority is left out: it is for minor updates only',
      ],
    });
    expect(action(mac(), { installAction: 'InstallForceRestart' })).toBe('InstallForceRestart');
    expect(action(major(), { installAction: 'Default' }, 'install-fallback')).toBe('Default');
  });

  it('knows the major updates of macOS 10', () => {
    expect(isMajorStep(mac({ fromVersion: '10.12.6', targetVersion: '10.14' }))).toBe(true);
    expect(isMajorStep(mac({ fromVersion: '10.14', targetVersion: '10.14.6' }))).toBe(false);
    expect(isMajorStep(update({ fromVersion: '12.4', targetVersion: '13.0' }))).toBe(true);
    expect(isMajorStep(update({ fromVersion: '18.1', targetVersion: '18.7' }))).toBe(false);
  });

  it('hands deferrals and priority to the versions that know them', () => {
    const wish = { installAction: 'InstallLater', maxUserDeferrals: 3, updatePriority: 'Low' } as const;
    expect(orderFor('install', mac(), terms(wish))).toEqual({
      installAction: 'InstallLater',
      maxUserDeferrals: 3,
      priority: 'Low',
      notes: [],
    });
    expect(orderFor('install', mac({ fromVersion: '11.6', targetVersion: '11.7' }), terms(wish))).toEqual({
      installAction: 'InstallLater',
      notes: ['MaxUserDeferrals is left out: it came with macOS 12.0', 'Priority is left out: it came with macOS 12.3'],
    });
  });

  it('forces the installation from the deadline on, where the OS can', () => {
    const past = { installAction: 'InstallLater', deadlineAt: NOW } as const;
    expect(orderFor('install', mac(), terms(past))).toEqual({
      installAction: 'InstallForceRestart',
      notes: ['the deadline has passed'],
    });
    expect(action(mac({ fromVersion: '10.15', targetVersion: '10.15.7' }), past)).toBe('InstallASAP');
    expect(action(major(), past)).toBe('InstallASAP');
    expect(action(update(), past)).toBe('InstallASAP');
    expect(action(mac(), { ...past, deadlineAt: minutesAfter(1) })).toBe('InstallLater');
  });

  it('never turns DownloadOnly or NotifyOnly into an installation before the deadline', () => {
    for (const installAction of ['DownloadOnly', 'NotifyOnly'] as const) {
      for (const one of [mac(), major(), update()]) {
        for (const step of ['download', 'install', 'install-fallback'] as const) {
          if (one.targetVersion === '26.6.2' && installAction === 'NotifyOnly' && step === 'install-fallback') continue;
          expect(['DownloadOnly', 'NotifyOnly', undefined]).toContain(action(one, { installAction }, step));
        }
      }
    }
  });

  it('falls back from NotifyOnly to InstallASAP where a Mac refuses it for a major update, and says so', () => {
    expect(action(major(), { installAction: 'NotifyOnly' })).toBe('NotifyOnly');
    expect(orderFor('install-fallback', major(), terms({ installAction: 'NotifyOnly' }))).toEqual({
      installAction: 'InstallASAP',
      notes: ['NotifyOnly is replaced by InstallASAP: a major update takes nothing else'],
    });
  });

  it('leaves out on iOS what only Macs know', () => {
    expect(action(update(), {}, 'download')).toBe('Default');
    expect(action(update(), { installAction: 'Default' })).toBe('Default');
    expect(orderFor('install', update(), terms({ installAction: 'InstallForceRestart' }))).toEqual({
      installAction: 'InstallASAP',
      notes: ['InstallForceRestart is replaced by InstallASAP: iOS does not know it'],
    });
  });
});
