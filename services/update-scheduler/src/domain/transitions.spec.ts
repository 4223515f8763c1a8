import { UpdateState } from '@lamplighter/contracts';
import fc from 'fast-check';
import { advance, concerns } from './advance.ts';
import { ruleFor, RULES } from './transitions.ts';
import { type Happening, readEnd, readObservation, type Trigger, TRIGGERS } from './triggers.ts';
import { POLLS, type Step, type Terms, type Update } from './update.ts';

const NOW = new Date('2026-01-15T02:00:00Z');
const STOPS = new Date('2026-01-15T05:00:00Z');
const terms = (given: Partial<Terms> = {}): Terms => ({
  now: NOW,
  installAction: 'InstallASAP',
  pollMinutes: 10,
  confirmHours: 6,
  aborted: false,
  ...given,
});
const update = (given: Partial<Update> = {}): Update => ({
  state: 'scanning',
  reason: null,
  step: 'list',
  platform: 'iOS',
  fromVersion: '18.1',
  targetVersion: '18.7.8',
  targetBuild: '22H352',
  productKey: null,
  commandId: 'c1',
  commandSeq: 1,
  installSeq: 0,
  version: 1,
  stopsAt: STOPS,
  commandedAt: null,
  ...given,
});
const TERMINAL = new Set<UpdateState>(['installed', 'failed', 'superseded', 'not-eligible', 'waiting']);
const STEPS: Step[] = [...new Set(RULES.flatMap((rule) => (rule.steps === '*' ? [] : [...rule.steps])))];

/** Everything that can follow from the first commands, by all rules and terms. */
function explore(): { steps: Set<Step>; states: Set<UpdateState>; moves: number } {
  const first: Update[] = [update({ platform: 'macOS', step: 'scan' }), update({ step: 'list' })];
  const seen = new Map<string, Update>();
  const todo = [...first];
  const states = new Set<UpdateState>(['planned']);
  let moves = 0;
  for (let at = todo.pop(); at; at = todo.pop()) {
    const key = `${at.platform} ${at.state} ${at.step}`;
    states.add(at.state);
    if (seen.has(key)) continue;
    seen.set(key, at);
    for (const trigger of TRIGGERS) {
      for (const given of [terms(), terms({ now: STOPS }), terms({ now: new Date(STOPS.getTime() + 9 * 3_600_000) })]) {
        const moved = advance(at, { trigger }, given);
        if (!moved) continue;
        moves += 1;
        if (!moved.keepsCommand) todo.push({ ...at, state: moved.to, step: moved.ask?.step ?? '' });
      }
    }
  }
  return { steps: new Set([...seen.values()].map((one) => one.step)), states, moves };
}

describe('the transition table', () => {
  it('reaches every state and every step', () => {
    const { steps, states } = explore();
    expect([...states].toSorted()).toEqual([...UpdateState.options].toSorted());
    expect(STEPS.filter((step) => !steps.has(step))).toEqual([]);
  });

  it('uses every rule', () => {
    const used = new Set(STEPS.flatMap((step) => TRIGGERS.map((trigger) => ruleFor(step, trigger))));
    expect(RULES.filter((rule) => !used.has(rule)).map((rule) => rule.detail)).toEqual([]);
  });

  it('has an answer for whatever ends an outstanding command', () => {
    const always: Trigger[] = [
      'expired-unseen',
      'unreadable',
      'error-failed',
      'error-unsupported',
      'error-benign',
      'not-now',
      'voided-unseen',
      'voided-in-hand',
      'refused',
      'cancelled',
      'superseded',
      'left',
    ];
    for (const step of STEPS) {
      for (const trigger of always) {
        const found = ruleFor(step, trigger);
        // A confirming question never expires in hand with more than silence to report.
        expect({ step, trigger, found: found !== undefined }).toEqual({
          step,
          trigger,
          found: true,
        });
      }
      expect(ruleFor(step, 'expired-in-hand')).toBeDefined();
    }
  });

  it('never stays in flight without a command outstanding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STEPS),
        fc.constantFrom(...TRIGGERS),
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        (step, trigger, hours, aborted) => {
          const now = new Date(NOW.getTime() + hours * 3_600_000);
          const moved = advance(
            update({ step, state: POLLS.has(step) ? 'downloading' : 'available' }),
            { trigger },
            terms({ now, aborted }),
          );
          if (moved && !moved.ask && !moved.keepsCommand) expect(TERMINAL.has(moved.to)).toBe(true);
          if (moved?.ask) expect(TERMINAL.has(moved.to)).toBe(false);
        },
      ),
      { numRuns: 2_000, seed: 3 },
    );
  });

  it('sends nothing that changes a device at or after the stop time, and asks no more after the follow-up hours', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STEPS),
        fc.constantFrom(...TRIGGERS),
        fc.integer({ min: -180, max: 900 }),
        (step, trigger, minutes) => {
          const now = new Date(STOPS.getTime() + minutes * 60_000);
          const ask = advance(update({ step }), { trigger }, terms({ now }))?.ask;
          if (!ask) return;
          if (!POLLS.has(ask.step)) {
            expect(now < STOPS).toBe(true);
            expect(ask.expiresAt <= STOPS).toBe(true);
          }
          expect((ask.notBefore ?? now) < ask.expiresAt).toBe(true);
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
  });

  it('goes on with a device that enrolled again: what it never saw is repeated, what it had in hand is asked about', () => {
    const after = (given: Partial<Update>, trigger: Trigger) => {
      const moved = advance(update({ productKey: 'k', ...given }), { trigger }, terms());
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

  it('ignores repeats and late answers: what does not answer the outstanding command moves nothing', () => {
    const happening: Happening = { trigger: 'list-target', productKeys: ['k'] };
    expect(concerns(update({ commandId: 'c2' }), 'c1', happening)).toBe(false);
    expect(concerns(update({ commandId: null }), undefined, happening)).toBe(false);
    expect(concerns(update(), 'c1', happening)).toBe(true);
    fc.assert(
      fc.property(fc.constantFrom(...TRIGGERS), (trigger) => {
        expect(advance(update({ state: 'installed', step: '' }), { trigger }, terms())).toBeUndefined();
      }),
    );
  });

  it('is installed from any state once the device runs the target or newer', () => {
    for (const state of UpdateState.options.filter((one) => one !== 'installed')) {
      const late = update({ state, step: '', commandId: null });
      const happening = readObservation(late, { kind: 'facts', osVersion: '26.1' });
      expect(concerns(late, undefined, happening)).toBe(true);
      expect(advance(late, happening, terms())?.to).toBe('installed');
    }
  });
});

describe('what follows', () => {
  const follow = (given: Partial<Update>, happening: Happening, with_: Partial<Terms> = {}) =>
    advance(update(given), happening, terms(with_));

  it('downloads first and installs then on iOS, at once on macOS', () => {
    expect(follow({ step: 'list' }, { trigger: 'list-target', productKeys: ['k'] })).toMatchObject({
      to: 'available',
      ask: { step: 'download', productKeys: ['k'] },
    });
    expect(follow({ step: 'list', platform: 'macOS' }, { trigger: 'list-target' })?.ask?.step).toBe('install');
    expect(follow({ step: 'download-status' }, { trigger: 'status-downloaded' })).toMatchObject({
      to: 'downloaded',
      ask: { step: 'install' },
    });
  });

  it('gives a Mac time to look for updates, and lists once more before it believes an empty list', () => {
    const mac = { platform: 'macOS', step: 'scan' } as const;
    expect(follow(mac, { trigger: 'scanned' })?.ask).toMatchObject({
      step: 'list',
      notBefore: new Date('2026-01-15T02:02:00Z'),
    });
    expect(follow({ ...mac, step: 'list' }, { trigger: 'list-empty' })?.ask).toMatchObject({
      step: 'list-again',
      notBefore: new Date('2026-01-15T02:10:00Z'),
    });
    expect(follow({ ...mac, step: 'list-again' }, { trigger: 'list-empty' })?.ask?.step).toBe('recheck');
    expect(follow({ step: 'list' }, { trigger: 'list-empty' })?.ask?.step).toBe('recheck');
  });

  it('takes the configuration item also where only the second list shows it', () => {
    const mac = { platform: 'macOS', step: 'list-again' } as const;
    expect(follow(mac, { trigger: 'list-config-data' })?.ask?.step).toBe('schedule-config');
  });

  it('stops at downloaded where the policy only downloads', () => {
    const moved = follow(
      { step: 'download-status' },
      { trigger: 'status-downloaded' },
      { installAction: 'DownloadOnly' },
    );
    expect(moved).toMatchObject({ to: 'downloaded' });
    expect(moved?.ask).toBeUndefined();
  });

  it('keeps a NotNow command outstanding and counts it', () => {
    const happening = readObservation(update(), {
      kind: 'not-now',
      requestType: 'AvailableOSUpdates',
      count: 3,
    });
    expect(follow({}, happening)).toMatchObject({
      to: 'scanning',
      reason: 'not-now',
      keepsCommand: true,
      detail: expect.stringContaining('NotNow number 3'),
    });
  });

  it('waits for the next window where the stop time came between download and installation', () => {
    expect(follow({ step: 'download-status' }, { trigger: 'status-downloaded' }, { now: STOPS })).toMatchObject({
      to: 'waiting',
      reason: 'window-closed',
    });
  });

  it('asks a device that had the command in hand at the stop time how far it is', () => {
    expect(follow({ step: 'install' }, { trigger: 'expired-in-hand' }, { now: STOPS })).toMatchObject({
      to: 'commanded',
      ask: { step: 'status' },
    });
    expect(follow({ step: 'install' }, { trigger: 'expired-unseen' }, { now: STOPS })).toMatchObject({ to: 'waiting' });
  });

  it('calls a device silent that took the update and answers no more', () => {
    expect(follow({ step: 'status', state: 'installing' }, { trigger: 'expired-unseen' })).toMatchObject({
      to: 'failed',
      reason: 'silent-after-restart',
    });
    expect(follow({ step: 'download-status', state: 'downloading' }, { trigger: 'expired-in-hand' })).toMatchObject({
      to: 'failed',
      reason: 'silent',
    });
  });

  it('says why a command that never reached the device ended its update, and leaves the next window to try again', () => {
    const end = { kind: 'ended', handedOver: false } as const;
    const refused = readEnd({ ...end, outcome: 'refused', reason: 'removed', detail: 'removed in macOS 27.0' });
    expect(follow({ step: 'list' }, refused)).toMatchObject({
      to: 'not-eligible',
      reason: 'removed',
      detail: expect.stringContaining('removed in macOS 27.0'),
    });
    for (const outcome of ['cancelled', 'superseded'] as const) {
      expect(follow({ step: 'download' }, readEnd({ ...end, outcome }))).toMatchObject({
        to: 'failed',
        reason: outcome,
      });
    }
    expect(readEnd({ ...end, outcome: 'refused', reason: 'unrecognized' })).toEqual({ trigger: 'left' });
  });

  it('tries another install action once', () => {
    expect(follow({ step: 'install' }, { trigger: 'error-unsupported' })?.ask?.step).toBe('install-fallback');
    expect(follow({ step: 'install-fallback' }, { trigger: 'error-unsupported' })).toMatchObject({
      to: 'failed',
      reason: 'unsupported-command',
    });
  });

  it('schedules nothing more on an aborted rollout, but follows what the device has taken', () => {
    expect(follow({ step: 'list' }, { trigger: 'list-target' }, { aborted: true })).toMatchObject({
      to: 'failed',
      reason: 'aborted',
    });
    expect(follow({ step: 'install' }, { trigger: 'result-installing' }, { aborted: true })).toMatchObject({
      to: 'installing',
      ask: { step: 'status' },
    });
  });
});
