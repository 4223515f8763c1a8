import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { messages } from './catalogue.ts';
import { commandEnqueue, commandEnqueued } from './events/command.ts';
import { deviceObserved } from './events/device.ts';
import { derivedUuid } from './ids.ts';
import { usualCheck } from './usual-check.ts';

/** What a field may be replaced by, of every kind that JSON has. */
const strange: unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  'x'.repeat(400),
  derivedUuid('a').toUpperCase(),
  '2026-11-22T05:00:00+02:00',
  [],
  ['x'],
  {},
  { a: 1 },
];

/** All values that come of changing one place of a value. */
function changed(value: unknown): unknown[] {
  const own = [...strange];
  if (Array.isArray(value)) {
    own.push([...value, ...value], ...value.flatMap((one, n) => changed(one).map((other) => value.with(n, other))));
  } else if (typeof value === 'object' && value !== null) {
    own.push({ ...value, more: 1 });
    for (const [key, one] of Object.entries(value))
      own.push(...changed(one).map((other) => ({ ...value, [key]: other })));
  }
  return own.map((one) => (one === undefined ? one : (JSON.parse(JSON.stringify(one)) as unknown)));
}

const device = {
  deviceId: 'mac',
  commandId: derivedUuid('c'),
  traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
};
const group = {
  cause: 'rollout-1',
  priority: 10,
  notBefore: '2026-11-22T05:00:00.000Z',
  expiresAt: '2026-11-22T09:00:00.000Z',
  purpose: 'wifi',
  retries: 2,
  bodies: [{ bodyId: derivedUuid('b'), requestType: 'Scan', command: '<dict/>' }],
  commands: [{ ...device, bodyId: derivedUuid('b') }],
};
const observed = {
  deviceId: 'mac',
  commandId: derivedUuid('c'),
  reportId: derivedUuid('r'),
  at: '2026-11-22T05:00:00.000Z',
  observation: {
    kind: 'available-updates',
    products: [{ productKey: 'k', version: '26.6', isMajorOSUpdate: false, deferredUntil: '2026-11-22T09:00:00.000Z' }],
  },
};

describe('the quick look at a message', () => {
  it.each([
    ['command.enqueue', commandEnqueue.item, group],
    ['command.enqueued', commandEnqueued.item, { ...device, pushUntil: '2026-11-22T09:00:00.000Z' }],
    ['device.observed', deviceObserved.item, observed],
    [
      'choices',
      z.discriminatedUnion('k', [
        z.object({ k: z.literal(['x', 1]), a: z.string() }),
        z.object({ k: z.literal('other'), a: z.string().default('x') }),
      ]),
      { k: 1, a: 'x' },
    ],
    [
      'kinds',
      z.object({
        a: z.boolean(),
        b: z.literal(['x', 1]),
        c: z.enum(['x', 'y']),
        d: z.int().max(5).nullable(),
        e: z.number(),
      }),
      { a: true, b: 1, c: 'x', d: null, e: 1 },
    ],
  ])('takes %s as it is meant, and nothing that Zod would refuse or change', (_name, schema, usual) => {
    const check = usualCheck(schema)!;
    expect(check(usual)).toBe(true);
    let taken = 0;
    for (const value of changed(usual).filter((one) => check(one))) {
      expect(schema.safeParse(value)).toEqual({ success: true, data: value });
      taken += 1;
    }
    expect(taken).toBeGreaterThan(0);
  });

  it.each([
    ['a default', z.object({ a: z.string().default('x') })],
    ['a transformation', z.string().trim()],
    ['a condition of its own', z.string().refine((text) => text === 'x')],
    ['a coercion', z.coerce.number()],
    ['a loose object', z.looseObject({ a: z.string() })],
    ['an exclusive bound', z.number().gt(1)],
    ['a format with more to it', z.base64()],
    ['a choice of several', z.union([z.string(), z.number()])],
  ])('leaves %s to Zod', (_name, schema) => expect(usualCheck(schema)).toBeUndefined());

  it.each([z.number(), z.number().min(0), z.array(z.number())])(
    'leaves a number beyond all numbers to Zod',
    (schema) => {
      const check = usualCheck(schema)!;
      for (const text of ['1e999', '-1e999', '[1e999]']) expect(check(JSON.parse(text))).toBe(false);
    },
  );

  it('leaves to Zod what is none of the choices, and a choice that it does not know itself', () => {
    const schema = z.discriminatedUnion('k', [
      z.object({ k: z.literal('x') }),
      z.object({ k: z.literal('y'), a: z.string().default('z') }),
    ]);
    const check = usualCheck(schema)!;
    expect(check({ k: 'x' })).toBe(true);
    for (const value of [{ k: 'y' }, { k: 'y', a: 'b' }, { k: 'z' }, {}, null, 'x', ['x']])
      expect(check(value)).toBe(false);
  });

  it('never takes of any message what Zod would refuse or change', () => {
    for (const { item } of messages) {
      const check = usualCheck(item) ?? (() => false);
      for (const value of [...changed(group), ...changed(device), ...changed(observed)].filter((one) => check(one)))
        expect(item.safeParse(value)).toEqual({ success: true, data: value });
    }
  });
});
