import { advance, type Advanced, concerns } from './advance.ts';
import { follow, mac, minutesAfter, NOW, STOPS, terms, update } from './life.fixture.ts';
import type { Happening, Trigger } from './happening.ts';
import { readEnd, readObservation } from './triggers.ts';
import type { Step, Update } from './update.ts';

describe('what follows', () => {
  it('downloads first and installs then on iOS', () => {
    expect(follow(update({ step: 'list' }), { trigger: 'list-target', productKeys: ['k'] })).toMatchObject({
      to: 'available',
      ask: { step: 'download', productKeys: ['k'], order: { installAction: 'Default' } },
    });
    expect(follow(update({ step: 'download-status' }), { trigger: 'status-downloaded' })).toMatchObject({
      to: 'downloaded',
      ask: { step: 'install', order: { installAction: 'InstallASAP' } },
    });
  });

  it('gives a Mac time to look for updates, and lists once more before it believes an empty list', () => {
    expect(follow(mac({ step: 'scan' }), { trigger: 'scanned' })?.ask).toMatchObject({
      step: 'list',
      notBefore: minutesAfter(2),
    });
    expect(follow(mac({ step: 'list' }), { trigger: 'list-empty' })?.ask).toMatchObject({
      step: 'list-again',
      notBefore: minutesAfter(10),
    });
    expect(follow(mac({ step: 'list' }), { trigger: 'list-other' })?.ask?.step).toBe('list-again');
    expect(follow(mac({ step: 'list-again' }), { trigger: 'list-empty' })?.ask?.step).toBe('recheck');
    expect(follow(mac({ step: 'list-again' }), { trigger: 'list-other' })?.ask?.step).toBe('recheck');
    expect(follow(update({ step: 'list' }), { trigger: 'list-empty' })?.ask?.step).toBe('recheck');
  });

  it('asks for the version before it believes that a device below its target is not offered it, and says what it offered', () => {
    const after = (trigger: Trigger) => {
      const first = follow(update({ step: 'list' }), { trigger });
      expect(first?.ask?.step).toBe('recheck');
      return follow(update({ step: 'recheck', reason: first!.reason }), { trigger: 'below-target' });
    };
    expect(after('list-empty')).toMatchObject({ to: 'failed', reason: 'no-update-available' });
    expect(after('list-other')).toMatchObject({ to: 'failed', reason: 'update-not-offered' });
  });

  it('takes the configuration item also where only the second list shows it', () => {
    expect(follow(mac({ step: 'list-again' }), { trigger: 'list-config-data' })?.ask?.step).toBe('schedule-config');
  });

  it('looks again and again while macOS holds the installer back, and says so when the window closes', () => {
    const again = follow(mac({ step: 'relist' }), { trigger: 'list-config-data' });
    expect(again).toMatchObject({ to: 'scanning', reason: 'installer-held-back', ask: { step: 'rescan' } });
    const kept = mac({ step: 'rescan', reason: 'installer-held-back' });
    expect(follow(kept, { trigger: 'scanned' })).toMatchObject({ reason: 'installer-held-back' });
    expect(follow(mac({ step: 'relist' }), { trigger: 'list-config-data' }, { now: STOPS })).toMatchObject({
      to: 'waiting',
      reason: 'installer-held-back',
    });
  });

  it('keeps a NotNow command outstanding and counts it', () => {
    const notNow = { kind: 'not-now', requestType: 'AvailableOSUpdates', count: 3 } as const;
    expect(follow(update(), readObservation(update(), notNow, NOW))).toMatchObject({
      to: 'scanning',
      reason: 'not-now',
      keepsCommand: true,
      detail: expect.stringContaining('NotNow number 3'),
    });
  });

  it('waits for the next window where the stop time came between download and installation', () => {
    expect(follow(update({ step: 'download-status' }), { trigger: 'status-downloaded' }, { now: STOPS })).toMatchObject(
      {
        to: 'waiting',
        reason: 'window-closed',
      },
    );
  });

  it('asks a device that had the command in hand at the stop time how far it is', () => {
    expect(follow(update({ step: 'install' }), { trigger: 'expired-in-hand' }, { now: STOPS })).toMatchObject({
      to: 'commanded',
      ask: { step: 'status' },
    });
    expect(follow(update({ step: 'install' }), { trigger: 'expired-unseen' }, { now: STOPS })).toMatchObject({
      to: 'waiting',
    });
  });

  it('orders nothing while paused: it asks on, says why, and the next answer after a resume goes on', () => {
    const paused = { held: 'paused' } as const;
    const cases: readonly [Partial<Update>, Trigger, Partial<Advanced>, Step, Step][] = [
      [update({ step: 'list' }), 'list-target', { to: 'available' }, 'list', 'download'],
      [update({ step: 'download-status' }), 'status-downloaded', { to: 'downloaded' }, 'download-status', 'install'],
      [update({ step: 'download', state: 'available' }), 'error-busy', { to: 'available' }, 'list', 'download'],
      [mac({ step: 'list' }), 'list-config-data', { to: 'available' }, 'list', 'schedule-config'],
      [mac({ step: 'ask-first', state: 'available' }), 'status-idle', { to: 'available' }, 'ask-first', 'install'],
      [mac({ step: 'install', state: 'available' }), 'error-unsupported', {}, 'list', 'install-fallback'],
    ];
    for (const [given, trigger, moved, question, order] of cases) {
      expect(follow(update(given), { trigger })?.ask?.step).toBe(order);
      expect(follow(update(given), { trigger }, paused)).toMatchObject({
        ...moved,
        reason: 'paused',
        keepsCommand: false,
        ask: { step: question, notBefore: minutesAfter(10) },
      });
      // What was handed over is followed; what is not told by then waits for the next window.
      expect(follow(update(given), { trigger }, { ...paused, now: STOPS })).toMatchObject({
        to: 'waiting',
        reason: 'paused',
      });
    }
    expect(follow(update(), { trigger: 'list-target' }, { held: 'ring-halted' })).toMatchObject({
      reason: 'ring-halted',
      ask: { step: 'list' },
    });
    const asked = update({ step: 'list', state: 'available', reason: 'paused' });
    expect(follow(asked, { trigger: 'list-target' })).toMatchObject({ reason: null, ask: { step: 'download' } });
    expect(follow(asked, { trigger: 'expired-unseen' })).toMatchObject({ to: 'waiting', reason: 'paused' });
    const still = mac({ step: 'status', progress: 'status-idle', progressedAt: minutesAfter(-600) });
    expect(follow(still, { trigger: 'status-idle' })?.ask?.step).toBe('install');
    expect(follow(still, { trigger: 'status-idle' }, paused)?.ask?.step).toBe('status');
  });

  it('schedules nothing more on an aborted rollout, but follows what the device has taken', () => {
    expect(follow(update(), { trigger: 'list-target' }, { aborted: true })).toMatchObject({
      to: 'failed',
      reason: 'aborted',
    });
    expect(follow(update({ step: 'install' }), { trigger: 'result-installing' }, { aborted: true })).toMatchObject({
      to: 'installing',
      ask: { step: 'status' },
    });
  });

  it('goes on with a device that enrolled again: what it never saw is repeated, what it had in hand is asked about', () => {
    const after = (given: Parameters<typeof update>[0], trigger: Trigger) => {
      const moved = follow(update({ productKey: 'k', ...given }), { trigger });
      return [moved?.to, moved?.ask?.step, moved?.ask?.productKeys];
    };
    expect(after({ step: 'download', state: 'available' }, 'voided-unseen')).toEqual(['available', 'download', ['k']]);
    expect(after({ step: 'download', state: 'available' }, 'voided-in-hand')).toEqual([
      'commanded',
      'download-status',
      ['k'],
    ]);
    expect(after({ step: 'install', state: 'downloaded' }, 'voided-in-hand')[1]).toBe('download-status');
    expect(after({ step: 'install', platform: 'macOS' }, 'voided-in-hand')[1]).toBe('status');
    expect(after({ step: 'status', state: 'installing' }, 'voided-in-hand').slice(0, 2)).toEqual([
      'installing',
      'status',
    ]);
    expect(after({ step: 'status', state: 'installing' }, 'left').slice(0, 2)).toEqual(['not-eligible', undefined]);
  });

  it('is moved by the answer to its outstanding command alone', () => {
    const happening: Happening = { trigger: 'list-target', productKeys: ['k'] };
    expect(concerns(update({ commandId: 'c2' }), 'c1', happening)).toBe(false);
    expect(concerns(update({ commandId: null }), undefined, happening)).toBe(false);
    expect(concerns(update(), 'c1', happening)).toBe(true);
  });
});

describe('a command that its device never answered', () => {
  const end = { kind: 'ended', handedOver: false, notNowCount: 0 } as const;
  const after = (one: ReturnType<typeof update>, given: object) =>
    follow(one, readEnd(one, { ...end, outcome: 'expired', ...given }));

  it('tells who never came from who puts it off and from who had too little time', () => {
    expect(after(update({ step: 'list' }), {})).toMatchObject({ to: 'waiting', reason: 'no-contact' });
    expect(after(mac({ step: 'scan' }), {})).toMatchObject({ to: 'waiting', reason: 'no-contact' });
    expect(after(mac({ step: 'list' }), {})).toMatchObject({ to: 'waiting', reason: 'window-closed' });
    expect(after(update({ step: 'list' }), { notNowCount: 4 })).toMatchObject({
      to: 'waiting',
      reason: 'not-now',
      detail: expect.stringContaining('NotNow 4 times'),
    });
  });

  it('calls a device silent that took the update and answers no more, unless it has only put questions off', () => {
    const installing = update({ step: 'status', state: 'installing' });
    expect(after(installing, {})).toMatchObject({ to: 'failed', reason: 'silent-after-restart' });
    expect(after(installing, { notNowCount: 2 })).toMatchObject({ to: 'failed', reason: 'not-now' });
    expect(
      after(update({ step: 'download-status', state: 'downloading' }), { outcome: 'unanswered', handedOver: true }),
    ).toMatchObject({
      to: 'failed',
      reason: 'silent',
    });
  });

  it('says why it never reached the device, and leaves the next window to try again', () => {
    const refused = { outcome: 'refused', reason: 'removed', detail: 'removed in macOS 27.0' } as const;
    expect(after(update(), refused)).toMatchObject({
      to: 'not-eligible',
      reason: 'removed',
      detail: expect.stringContaining('removed in macOS 27.0'),
    });
    expect(after(update(), { ...refused, reason: 'nanomdm' })).toMatchObject({ reason: 'refused-by-server' });
    expect(after(update(), { outcome: 'cancelled' })).toMatchObject({ to: 'failed', reason: 'cancelled' });
    expect(after(update(), { outcome: 'superseded' })).toMatchObject({ to: 'failed', reason: 'command-replaced' });
    expect(after(update(), { outcome: 'refused', reason: 'unrecognized' })).toMatchObject({
      reason: 'left-management',
    });
  });
});

describe('what may pass', () => {
  it('is tried again in the same window, with time between, and named when the window closes', () => {
    for (const reason of ['insufficient-power', 'insufficient-network', 'phone-call-in-progress']) {
      const busy = { trigger: 'error-busy', reason } as const;
      expect(follow(update({ step: 'install' }), busy)).toMatchObject({
        reason,
        ask: { step: 'install', notBefore: minutesAfter(30) },
      });
      expect(follow(update({ step: 'install' }), busy, { now: minutesAfter(-20, STOPS) })).toMatchObject({
        to: 'waiting',
        reason,
      });
    }
  });

  it('tries a failed download once more, and calls it failed then', () => {
    const failed = { trigger: 'error-once-more', reason: 'download-failed' } as const;
    expect(follow(update({ step: 'download' }), failed)).toMatchObject({ ask: { step: 'download' }, resends: 1 });
    expect(follow(update({ step: 'download', resends: 1 }), failed)).toMatchObject({
      to: 'failed',
      reason: 'download-failed',
    });
  });

  it('downloads again what an iPhone has thrown away, once', () => {
    const gone = { trigger: 'error-not-downloaded', reason: 'install-requires-download' } as const;
    expect(follow(update({ step: 'install' }), gone)).toMatchObject({ ask: { step: 'download' }, resends: 1 });
    expect(follow(update({ step: 'install', resends: 1 }), gone)).toMatchObject({
      to: 'failed',
      reason: 'install-requires-download',
    });
  });

  it('tries another install action once', () => {
    expect(follow(mac({ step: 'install' }), { trigger: 'error-unsupported' })?.ask).toMatchObject({
      step: 'install-fallback',
      order: { installAction: 'Default' },
    });
    expect(follow(mac({ step: 'install-fallback' }), { trigger: 'error-unsupported' })).toMatchObject({
      to: 'failed',
      reason: 'unsupported-command',
    });
  });
});

describe('a policy that does not install', () => {
  it('stops at downloaded where it only downloads, until its deadline', () => {
    for (const one of [update({ step: 'download-status' }), mac({ step: 'status' })]) {
      const moved = follow(one, { trigger: 'status-downloaded' }, { installAction: 'DownloadOnly' });
      expect(moved).toMatchObject({ to: 'downloaded', reason: 'download-only' });
      expect(moved?.ask).toBeUndefined();
    }
    const late = { installAction: 'DownloadOnly', deadlineAt: NOW } as const;
    expect(follow(update({ step: 'download-status' }), { trigger: 'status-downloaded' }, late)?.ask).toMatchObject({
      step: 'install',
      order: { installAction: 'InstallASAP' },
    });
  });

  it('tells the user and leaves it there where it only notifies', () => {
    const moved = follow(mac({ step: 'install' }), { trigger: 'result-downloading' }, { installAction: 'NotifyOnly' });
    expect(moved).toMatchObject({ to: 'waiting', reason: 'notify-only' });
  });

  it('has nothing that installs take its place when the device does not take it', () => {
    for (const installAction of ['DownloadOnly', 'NotifyOnly'] as const) {
      expect(follow(mac({ step: 'install' }), { trigger: 'error-unsupported' }, { installAction })).toMatchObject({
        to: 'failed',
        reason: 'unsupported-command',
      });
    }
  });
});

describe('a user’s choice', () => {
  const postponed = { trigger: 'status-postponed', detail: 'until tomorrow' } as const;

  it('is asked for before a Mac that can tell it is sent anything', () => {
    const offered: Happening = { trigger: 'list-target', productKeys: ['k'] };
    expect(follow(mac({ step: 'list' }), offered)?.ask).toMatchObject({ step: 'ask-first', productKeys: ['k'] });
    expect(follow(mac({ step: 'list', fromVersion: '12.2' }), offered)?.ask?.step).toBe('install');
    expect(follow(mac({ step: 'ask-first', productKey: 'k' }), { trigger: 'status-empty' })?.ask).toMatchObject({
      step: 'install',
      productKeys: ['k'],
    });
    expect(follow(mac({ step: 'ask-first' }), { trigger: 'status-installing' })?.ask?.step).toBe('status');
  });

  it('is left alone: nothing is sent, and the update waits for the next window if need be', () => {
    expect(follow(mac({ step: 'ask-first' }), postponed)).toMatchObject({
      to: 'commanded',
      reason: 'user-postponed',
      ask: { step: 'status' },
    });
    const polled = mac({
      step: 'status',
      state: 'downloaded',
      progress: 'status-postponed until tomorrow',
      progressedAt: minutesAfter(-600),
    });
    expect(follow(polled, postponed)).toMatchObject({
      reason: 'user-postponed',
      ask: { step: 'status', notBefore: minutesAfter(30) },
    });
    expect(follow(polled, postponed, { now: minutesAfter(6 * 60, STOPS) })).toMatchObject({
      to: 'waiting',
      reason: 'user-postponed',
    });
  });

  it('holds until the deadline', () => {
    const past = { deadlineAt: NOW };
    for (const step of ['ask-first', 'status'] as const) {
      expect(follow(mac({ step }), postponed, past)?.ask).toMatchObject({
        step: 'install',
        order: { installAction: 'InstallForceRestart' },
      });
      expect(follow(mac({ step }), postponed, { deadlineAt: minutesAfter(1) })?.ask?.step).toBe('status');
    }
    expect(follow(mac({ step: 'status', resends: 1, progressedAt: NOW }), postponed, past)?.ask?.step).toBe('status');
  });
});

describe('an update that stands still', () => {
  const since = (minutes: number, trigger: Trigger) => ({ progress: trigger, progressedAt: minutesAfter(-minutes) });

  it('is told by what the device says of its way: any change is progress', () => {
    const happening = { trigger: 'status-downloading', detail: '40 % downloaded' } as const;
    const first = follow(update({ step: 'download-status' }), happening);
    expect(first).toMatchObject({ progress: 'status-downloading 40 % downloaded', progressedAt: NOW, resends: 0 });
    const given = { step: 'download-status', ...since(89, 'status-downloading') } as const;
    expect(follow(update(given), { trigger: 'status-downloading' })).toMatchObject({
      ask: { step: 'download-status' },
      resends: 0,
    });
    expect(follow(update({ ...given, ...since(90, 'status-downloading') }), happening)).toMatchObject({
      progressedAt: NOW,
      resends: 0,
    });
  });

  it('is sent once more, and again only when the policy’s hours are over', () => {
    const still = update({ step: 'download-status', ...since(90, 'status-downloading') });
    expect(follow(still, { trigger: 'status-downloading' })).toMatchObject({
      reason: 'stalled',
      ask: { step: 'download' },
      resends: 1,
      progressedAt: NOW,
    });
    const again = { ...still, resends: 1 };
    expect(follow(again, { trigger: 'status-downloading' })).toMatchObject({
      reason: 'stalled',
      ask: { step: 'download-status' },
    });
    expect(follow(again, { trigger: 'status-downloading' }, { resendAfterHours: 1 })?.ask?.step).toBe('download');
  });

  it('is sent to a Mac only where the Mac would tell of its user’s choice', () => {
    const still = { step: 'status', state: 'downloaded', ...since(90, 'status-downloaded') } as const;
    expect(follow(mac(still), { trigger: 'status-downloaded' })?.ask?.step).toBe('install');
    expect(follow(mac({ ...still, fromVersion: '12.2' }), { trigger: 'status-downloaded' })).toMatchObject({
      reason: 'waiting-for-restart',
      ask: { step: 'status' },
    });
  });

  it('is never sent again while it installs, after the stop time, or on an aborted rollout', () => {
    const installing = mac({ step: 'status', ...since(300, 'status-installing') });
    expect(follow(installing, { trigger: 'status-installing' })).toMatchObject({
      reason: 'stalled',
      ask: { step: 'status' },
    });
    const still = update({ step: 'download-status', ...since(300, 'status-idle') });
    for (const given of [{ now: STOPS }, { aborted: true }]) {
      expect(follow(still, { trigger: 'status-idle' }, given)).toMatchObject({
        reason: 'waiting-for-power',
        ask: { step: 'download-status' },
      });
    }
  });

  it('says at the end what it waited for', () => {
    const last = terms({ now: minutesAfter(6 * 60, STOPS) });
    const end = (trigger: Trigger, given = {}) =>
      advance(mac({ step: 'status', state: 'commanded', ...given }), { trigger }, last);
    expect(end('status-idle')).toMatchObject({ to: 'failed', reason: 'waiting-for-power' });
    expect(end('status-downloaded')).toMatchObject({ to: 'failed', reason: 'waiting-for-restart' });
    expect(end('status-downloading', since(600, 'status-downloading'))).toMatchObject({
      to: 'failed',
      reason: 'stalled',
    });
    expect(end('status-installing')).toMatchObject({ to: 'failed', reason: 'not-finished' });
  });
});
