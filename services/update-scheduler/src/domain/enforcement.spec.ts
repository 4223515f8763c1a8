import { describe, expect, it } from '@jest/globals';
import { validateDeclaration } from '@lamplighter/apple';
import { WindowSpec } from '@lamplighter/contracts';
import fc from 'fast-check';
import type { z } from 'zod';
import { enforcementDeclarations, instantOf, localDateTimeOf, targetLocalDateTime } from './enforcement.ts';

const night = (
  window: z.input<typeof WindowSpec>,
  more: { announceDays: number; blackouts?: { from: string; to: string }[] },
) => targetLocalDateTime({ window: WindowSpec.parse(window), localDate: '2026-11-20', blackouts: [], ...more });

describe('the time of an enforcement', () => {
  it('is the start of the next night of the window, so many days on', () => {
    expect(night({}, { announceDays: 1 })).toBe('2026-11-21T02:00:00');
    expect(night({ start: '23:30' }, { announceDays: 3 })).toBe('2026-11-23T23:30:00');
  });

  it('passes over days that the window leaves out, and blackouts', () => {
    expect(night({ days: ['fri'] }, { announceDays: 1 })).toBe('2026-11-27T02:00:00');
    expect(night({}, { announceDays: 1, blackouts: [{ from: '2026-11-21', to: '2026-12-01' }] })).toBe(
      '2026-12-02T02:00:00',
    );
  });

  it('is the middle of this night’s time to send where it is not announced, past midnight too', () => {
    expect(night({ lengthMinutes: 240, stopBeforeMinutes: 40 }, { announceDays: 0 })).toBe('2026-11-20T03:40:00');
    expect(night({ start: '23:30', lengthMinutes: 120, stopBeforeMinutes: 0 }, { announceDays: 0 })).toBe(
      '2026-11-21T00:30:00',
    );
  });

  it('is this night where no other comes', () => {
    expect(night({}, { announceDays: 1, blackouts: [{ from: '2026-11-21', to: '2029-01-01' }] })).toBe(
      '2026-11-20T03:45:00',
    );
  });

  it('lies on a day of the window, not before it was announced', () => {
    const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, { minLength: 1 });
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 30 }), (open, announceDays) => {
        const date = night({ days: open }, { announceDays }).slice(0, 10);
        const weekday = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[new Date(date).getUTCDay()]!;
        expect(open).toContain(weekday);
        expect(Date.parse(date) - Date.parse('2026-11-20')).toBeGreaterThanOrEqual(announceDays * 86_400_000);
      }),
    );
  });

  it('is an instant in a zone; where a clock change skips it, after the gap', () => {
    expect(instantOf('2026-07-01T02:00:00', 'Europe/Zurich').toISOString()).toBe('2026-07-01T00:00:00.000Z');
    expect(instantOf('2026-03-29T02:30:00', 'Europe/Zurich').toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(localDateTimeOf(new Date('2026-07-01T00:00:05.678Z'), 'Europe/Zurich')).toBe('2026-07-01T02:00:05');
  });
});

describe('the declarations of an enforcement', () => {
  const enforced = { version: '26.2', build: '25C56', targetLocalDateTime: '2026-11-21T02:00:00' };

  it('are what Apple’s schema allows', () => {
    for (const one of enforcementDeclarations({ ...enforced, detailsUrl: 'https://example.com/update' }))
      expect(validateDeclaration(one.type, one.payload)).toEqual([]);
  });

  it('are the same for all devices that share target and time, and others for others', () => {
    const of = (more: object) => enforcementDeclarations({ ...enforced, ...more })[0]!.identifier;
    expect(of({})).toBe(of({}));
    expect(
      new Set([of({}), of({ build: '' }), of({ version: '26.1' }), of({ targetLocalDateTime: '2026-11-22T02:00:00' })])
        .size,
    ).toBe(4);
  });

  it('name no build where any will do', () => {
    expect(enforcementDeclarations({ ...enforced, build: '' })[0]!.payload).not.toHaveProperty('TargetBuildVersion');
  });
});
