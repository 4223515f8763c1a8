import type { Rollout } from '@lamplighter/contracts';
import { describe, expect, it } from '@jest/globals';
import { bar, handOverLine, rolloutBlock, rolloutLine } from './rollout-view.ts';
import { cut, screenOn } from './screen.ts';

const plain = { width: 78, isColoured: false };
const rollout = (given: Partial<Rollout> = {}): Rollout => ({
  rolloutId: '4f0e3c58-0000-4000-8000-000000000001',
  policyId: '4f0e3c58-0000-4000-8000-000000000002',
  policyName: 'tonight',
  policyVersion: 1,
  state: 'running',
  createdAt: '2026-11-22T02:00:00.000Z',
  emergency: false,
  rings: [],
  devices: 1000,
  installed: 250,
  failed: 1,
  countedAt: '2026-11-22T02:30:00.000Z',
  removed: 0,
  states: { planned: 349, downloading: 400, installed: 250, failed: 1 },
  reasons: [],
  platforms: [],
  windows: [
    {
      occurrenceId: '4f0e3c58-0000-4000-8000-000000000003',
      zone: '*',
      localDate: '2026-11-22',
      opensAt: '2026-11-22T02:00:00.000Z',
      stopsAt: '2026-11-22T03:30:00.000Z',
      closesAt: '2026-11-22T04:00:00.000Z',
      state: 'planned',
      planned: 1000,
      notEligible: 0,
      alreadyInstalled: 0,
      carriedOver: null,
      window: '#1',
      leftOver: null,
      predictedFinishAt: null,
      heldBack: null,
    },
  ],
  progress: {
    released: 651,
    commanded: 640,
    settled: 251,
    perMinute: 8.4,
    predictedFinishAt: '2026-11-22T03:20:00.000Z',
  },
  now: '2026-11-22T02:41:10.000Z',
  ...given,
});

describe('the view of a rollout', () => {
  it('shows counts for each state, the rate, the predicted finish, the window and the clock', () => {
    const text = rolloutBlock(rollout(), plain).join('\n');
    for (const part of [
      'tonight: 1,000 devices, running   clock 02:41:10',
      'window to 04:00:00, sending stops 03:30:00',
      '25 % installed',
      'installed 250',
      'downloading 400',
      'planned 349',
      'failed 1',
      '651 released, 640 commanded, 251 done, 8.4 done a minute, predicted finish 03:20:00',
    ])
      expect(text).toContain(part);
  });

  it('fits the same into one line', () => {
    expect(rolloutLine(rollout())).toBe(
      '02:41:10  25 %  installed 250, downloading 400, planned 349, failed 1; 651 released, 640 commanded, 251 done, 8.4 done a minute, predicted finish 03:20:00',
    );
  });

  it('says so when something was handed over after the stop time', () => {
    expect(handOverLine({ lastAt: null, afterStop: 0 })).not.toContain('AFTER THE STOP TIME');
    expect(handOverLine({ lastAt: null, afterStop: 2 })).toContain('2 HANDED OVER AFTER THE STOP TIME');
  });

  it('gives every state a cell of the bar, which is always as long', () => {
    const drawn = [
      rollout(),
      rollout({ states: { installed: 1000 } }),
      rollout({ states: { failed: 1, planned: 999 } }),
    ];
    const bars = drawn.map((one) => bar(one, plain));
    expect(new Set(bars.map((one) => one.length))).toEqual(new Set([62]));
    expect(bars[0]).toContain('×');
    expect(bars[2]).toMatch(/^\[·{59}×\]$/);
    expect(bar(rollout({ devices: 0, states: {} }), plain)).toMatch(/^\[ +\]$/);
  });

  it('has no window before one opened', () => {
    expect(rolloutBlock(rollout({ windows: [] }), plain)[1]).toBe('no window has opened yet');
  });
});

describe('a screen', () => {
  const written = (isTTY: boolean, isPlain: boolean): string => {
    let text = '';
    const screen = screenOn({ isTTY, columns: 20, rows: 10, write: (part) => (text += part) }, isPlain);
    screen.draw(['a', 'b']);
    screen.draw(['c']);
    screen.end();
    return text;
  };

  it('draws over the block before in a terminal, and leaves the cursor shown', () => {
    const text = written(true, false);
    expect(text).toContain('\x1b[2A');
    expect(text.endsWith('\x1b[?25h')).toBe(true);
  });

  it('prints plain lines elsewhere, and when asked to', () => {
    expect(written(false, false)).toBe('a\nb\nc\n');
    expect(written(true, true)).toBe('a\nb\nc\n');
  });

  it('cuts lines by what is visible, not by colours', () => {
    expect(cut('\x1b[31mabc\x1b[0mdef', 4)).toBe('\x1b[31mabc\x1b[0md\x1b[0m');
    expect(cut('\x1b[31mabc\x1b[0m', 3)).toBe('\x1b[31mabc\x1b[0m');
  });
});
