import { clockFrom, PolicySpec } from '@lamplighter/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Span } from '../traces/span.ts';
import type { FleetRecord } from './fleet-process.ts';
import { clockSetting, openPolicy, planDemo, withTimeToWork } from './plan.ts';
import { failure } from './report.ts';
import { pickTrace } from './trace-pick.ts';
import { checksOf, notCommanded } from './verdict.ts';

const plan = planDemo({ devices: 1000, seed: 's' });

describe('the plan of a demo', () => {
  it('runs its clock slower for a larger fleet, and as fast as it is told', () => {
    expect(planDemo({ devices: 60, seed: 's' }).factor).toBe(plan.factor);
    expect(planDemo({ devices: 10_000, seed: 's' }).factor).toBe(plan.factor / 10);
    expect(planDemo({ devices: 10_000_000, seed: 's' }).factor).toBe(1);
    expect(planDemo({ devices: 10_000, seed: 's', speed: 60 }).factor).toBe(60);
  });

  it('has a clock that every process reads alike, within a day of the real one', () => {
    const now = Date.parse('2026-11-22T13:00:00Z');
    const clock = clockFrom(clockSetting(plan, now), () => now + 60_000);
    expect(new Date(clock.now()).toISOString()).toBe(
      new Date(Date.parse('2026-11-22T01:30:00Z') + plan.factor * 60_000).toISOString(),
    );
  });

  it('makes a policy whose window is open now', () => {
    const spec = PolicySpec.parse(openPolicy(plan, '2026-11-22T02:19:44.000Z'));
    expect(spec.windows).toMatchObject([{ start: '02:19', zone: 'UTC', lengthMinutes: 120, stopBeforeMinutes: 30 }]);
  });

  it('opens the window for longer on a busy machine', () => {
    expect(withTimeToWork(plan, { enrollMs: 13_000, load: 2 })).toEqual(plan);
    expect(withTimeToWork(plan, { enrollMs: 46_000, load: 2 }).windowMinutes).toBe(240);
    expect(withTimeToWork(plan, { enrollMs: 13_000, load: 4.5 }).windowMinutes).toBe(180);
    expect(withTimeToWork(plan, { enrollMs: 13_000, load: 90 }).windowMinutes).toBe(360);
    const small = planDemo({ devices: 60, seed: 's' });
    expect(withTimeToWork(small, { enrollMs: 3_000, load: 9 })).toEqual(small);
    const chosen = planDemo({ devices: 1000, seed: 's', window: 90 });
    expect(withTimeToWork(chosen, { enrollMs: 46_000, load: 90 }).windowMinutes).toBe(90);
  });

  it('spreads a large fleet over more of its window', () => {
    const spreadOf = (devices: number) =>
      openPolicy(planDemo({ devices, seed: 's' }), '2026-11-22T02:19:44.000Z').pace?.spread;
    expect(spreadOf(50_000)).toBeGreaterThan(spreadOf(1000)!);
  });
});

const record = (violations: Partial<FleetRecord['violations']> = {}, unauthorized = 0): FleetRecord =>
  ({
    totals: { targeted: 3, reachable: 3, commanded: 3, updated: 3 },
    violations: { missed: [], twice: [], afterStop: [], ...violations },
    sessions: { unauthorized },
  }) as unknown as FleetRecord;
const handOvers = (afterStop = 0) => ({ lastAt: null, afterStop });
const broken = (...given: Parameters<typeof checksOf>): string[] =>
  checksOf(...given).flatMap(({ name, ok, devices }) => (ok ? [] : [`${name}: ${devices.join()}`]));

describe('the verdict', () => {
  it('finds nothing wrong with a fleet whose own record has no violation', () => {
    expect(broken(record(), handOvers())).toEqual([]);
  });

  it('names the devices of every rule that was broken', () => {
    expect(broken(record({ missed: ['a'], twice: ['b', 'c'], afterStop: ['d'] }, 1), handOvers(1))).toEqual([
      'every reachable device that should have been commanded was: a',
      'no device was commanded after the stop time: d',
      'no device was told to do the same step twice: b,c',
      'no device got HTTP 401: ',
      'the product itself saw no hand-over after the stop time: ',
    ]);
  });

  it('tells a machine that did not keep up from a rule that was broken', () => {
    const told = (fleet: FleetRecord) => failure({ checks: checksOf(fleet, handOvers()), factor: 20, fleet, dir: 'd' });
    expect(told(record({ missed: ['a'] }))).toMatch(/^DID NOT KEEP UP: 1 of 3 devices .* --speed 12 /);
    expect(told(record({ missed: ['a'], twice: ['b'] }))).toMatch(/^FAILED: a rule was broken/);
    expect(told(record({ twice: ['b'] }))).toMatch(/^FAILED: a rule was broken/);
  });

  it('says why devices were not commanded, the most frequent first', () => {
    const known = ['up', 'off', 'off2', 'late', 'done'].map((deviceId) => ({
      deviceId,
      osVersion: deviceId.startsWith('off') ? null : '26.1',
    }));
    const updates = [
      { deviceId: 'up', state: 'installed', reason: 'already-at-target' },
      { deviceId: 'late', state: 'waiting', reason: 'window-closed' },
      { deviceId: 'done', state: 'installed', reason: null },
    ] as const;
    expect(notCommanded({ known, updates, commanded: new Set(['done']) })).toEqual([
      { why: 'has not reported what it is', devices: 2, examples: ['off', 'off2'] },
      { why: 'runs the target version already', devices: 1, examples: ['up'] },
      { why: 'waiting: window-closed', devices: 1, examples: ['late'] },
    ]);
  });
});

describe('the trace worth a look', () => {
  const span = (traceId: string, service: string, to?: string): Span => ({
    traceId,
    spanId: 's',
    service,
    name: 'n',
    startMs: 1,
    endMs: 2,
    isError: false,
    attributes: to === undefined ? {} : { 'lamp.to': to },
    links: [],
  });

  it('is a complete one of an installed device, through the most services', () => {
    const spans = [
      span('short', 'a', 'installed'),
      ...['a', 'b', 'c'].map((service) => span('whole', service, 'installed')),
      ...['a', 'b', 'c', 'd'].map((service) => span('unfinished', service)),
    ];
    const installed = ['short', 'whole', 'unfinished'].map((traceId) => ({ deviceId: `d-${traceId}`, traceId }));
    expect(pickTrace(spans, installed)).toMatchObject({ traceId: 'whole', deviceId: 'd-whole', spans: 3 });
    expect(pickTrace([], installed)).toBeUndefined();
  });
});
