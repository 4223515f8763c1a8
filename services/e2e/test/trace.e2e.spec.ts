import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@lamplighter/testing';
import { type CollectedSpan, type Collector, startCollector } from '../src/collector.ts';
import { openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

let collector: Collector;
let world: World;
let night: OpenPolicy;
let trace: readonly CollectedSpan[];
let phone: string;

const HOPS: Record<string, string> = {
  'release-wave': 'update-scheduler',
  'enqueue-commands': 'command-queue',
  'push-devices': 'apns-push',
  'serve-device': 'device-gateway',
  'exchange-command': 'command-queue',
  'interpret-answer': 'status-ingestion',
  'advance-updates': 'update-scheduler',
};
const named = (name: string): CollectedSpan[] => trace.filter((span) => span.name === name);
const byStart = (a: CollectedSpan, b: CollectedSpan): number => Number(a.startNs - b.startNs);

beforeAll(async () => {
  collector = await startCollector();
  world = await startWorld({
    factor: 240,
    // By commands alone: the hops are theirs.
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, LAMP_DDM_SUBSCRIPTIONS: 'off' },
    fleet: {
      devices: 6,
      seed: 'trace',
      mix: { platforms: { macOS: 1, iOS: 2 }, behaviours: {}, settings: { bandwidthMbit: [250, 300] } },
    },
  });
  night = await openPolicy(world, 240);
  await rolloutWhen(world, night.rolloutId, 'every device to be installed', ({ installed }) => installed === 6);
  phone = [...world.fleet.devices()].find((device) => device.model.platform === 'iOS')!.udid;
  const { traceId } = (await world.api.device(phone)).updates[0]!;
  const last = (spans: CollectedSpan[]): boolean =>
    spans.some(({ attributes }) => Object.values(attributes).includes('installed'));
  // Each service exports in its own time: a span may be here long before the one that it belongs to.
  await waitFor('the spans of the last step and all above them to be exported', () => {
    trace = collector.spans.filter((span) => span.traceId === traceId).toSorted(byStart);
    const ids = new Set(trace.map(({ spanId }) => spanId));
    const isWhole = trace.every(({ parentSpanId }) => parentSpanId === '' || ids.has(parentSpanId));
    return isWhole && last(trace.filter((span) => span.name === 'advance-updates'));
  });
}, 150_000);
afterAll(async () => {
  await world?.stop();
  await collector?.stop();
});

describe('the trace of one device-update', () => {
  it('holds a span of every hop, each of the service whose hop it is', () => {
    for (const [name, service] of Object.entries(HOPS)) {
      const services = new Set(named(name).map((span) => span.service));
      expect({ name, services: [...services] }).toEqual({ name, services: [service] });
    }
    expect(collector.faults).toEqual([]);
  });

  it('has one root, the release of its wave, and every other span below it', () => {
    const roots = trace.filter(({ parentSpanId }) => parentSpanId === '');
    expect(roots.map(({ name }) => name)).toEqual(['release-wave']);
    const parents = new Map(trace.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]));
    expect(parents.size).toBe(trace.length);
    for (let { spanId } of trace) {
      while (parents.get(spanId)) spanId = parents.get(spanId)!;
      expect(spanId).toBe(roots[0]!.spanId);
    }
  });

  it('goes on over every round trip of the device, to the step that finds it installed', () => {
    const { scheduled } = world.fleet.device(phone)!;
    expect(scheduled).toHaveLength(2);
    for (const { commandUuid } of scheduled) {
      const of = (name: string): CollectedSpan[] =>
        named(name).filter(({ attributes }) => Object.values(attributes).includes(commandUuid));
      expect(of('enqueue-commands')).toHaveLength(1);
      const parts = of('exchange-command').map(({ attributes }) => attributes['lamp.part']);
      expect(parts).toEqual(['handedOver', 'answered']);
      expect(of('interpret-answer')).toHaveLength(1);
    }
    for (const span of trace) expect(span.endNs >= span.startNs).toBe(true);
  });

  it('is linked to the trace of its window, which leads from opening to waves', () => {
    const root = trace.find(({ parentSpanId }) => parentSpanId === '')!;
    expect(root.links).toHaveLength(1);
    const window = collector.spans.filter(({ traceId }) => traceId === root.links[0]!.traceId);
    const opening = window.find(({ name }) => name === 'open-window')!;
    expect(opening).toMatchObject({ spanId: root.links[0]!.spanId, parentSpanId: '' });
    const below = window.filter(({ parentSpanId }) => parentSpanId === opening.spanId).map(({ name }) => name);
    expect(new Set(below)).toEqual(new Set(['plan-rollout', 'release-wave']));
  });

  it('is its own: no two devices share a trace', async () => {
    const ids = [...(await world.api.rolloutDevices(night.rolloutId)).values()].map(({ traceId }) => traceId);
    expect(new Set(ids).size).toBe(6);
  });
});
