import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { decoderOf } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { defineWork, message } from './envelope.ts';
import { AppError } from './errors.ts';

const todo = defineWork('thing.make', 2, z.object({ n: z.int() }));
const arrival = { tenant: 'acme', at: new Date('2026-11-22T05:00:00Z') };
const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const decode = (body: unknown) => decoderOf(todo)(JSON.stringify(body), arrival);
const event = { specversion: '1.0', id: 'a', source: '/theirs', type: 'io.lamplighter.thing.make.v2' };
const plain = { id: 'a', name: 'thing.make', version: 2, tenant: 'acme', occurredAt: '2026-11-22T05:00:00Z' };

function refusal(body: unknown, on = arrival): AppError {
  try {
    decoderOf(todo)(typeof body === 'string' ? body : JSON.stringify(body), on);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('it was taken');
}

describe('a message on the wire', () => {
  it('is a CloudEvent in structured mode', () => {
    const head = { id: 'a', tenant: 'acme', at: new Date('2026-11-22T05:00:00Z'), traceparent };
    expect(JSON.parse(encodeMessage(message(todo, head, [{ n: 1 }])).toString())).toEqual({
      specversion: '1.0',
      id: 'a',
      source: '/lamplighter/thing.make',
      type: 'io.lamplighter.thing.make.v2',
      time: '2026-11-22T05:00:00.000Z',
      tenant: 'acme',
      traceparent,
      datacontenttype: 'application/json',
      data: [{ n: 1 }],
    });
  });

  it('is read back as it was written', () => {
    for (const trace of [traceparent, undefined]) {
      const sent = message(todo, { id: 'a', tenant: 'acme', at: arrival.at, traceparent: trace }, [{ n: 1 }, { n: 2 }]);
      expect(decoderOf(todo)(encodeMessage(sent).toString(), arrival)).toEqual(sent);
    }
  });

  it('of a stranger may hold one item, no time, no tenant, nulls and attributes that nobody knows', () => {
    const theirs = { ...event, data: { n: 1 }, subject: null, time: null, datacontenttype: null, more: 'x' };
    expect(decode(theirs)).toEqual({
      id: 'a',
      name: 'thing.make',
      version: 2,
      tenant: 'acme',
      occurredAt: '2026-11-22T05:00:00.000Z',
      items: [{ n: 1 }],
    });
    expect(decode({ ...event, data: [], traceparent: 'not one' })).not.toHaveProperty('traceparent');
    expect(decode({ ...event, data: [], datacontenttype: 'application/json; charset=utf-8' }).items).toEqual([]);
  });

  it('of the older shape is read while an upgrade rolls through', () => {
    expect(decode({ ...plain, items: [{ n: 1 }] })).toEqual({ ...plain, items: [{ n: 1 }] });
  });
});

describe('a message is refused', () => {
  it.each([
    ['of another type', { ...event, type: 'io.lamplighter.thing.mend.v2', data: [] }, /thing\.mend/],
    ['of another version', { ...event, type: 'io.lamplighter.thing.make.v3', data: [] }, /v3.*not.*v2/],
    ['without a type', { ...event, type: undefined, data: [] }, /has the type undefined/],
    ['of another CloudEvents version', { ...event, specversion: '0.3', data: [] }, /specversion "0.3"/],
    ['of an older shape and another version', { ...plain, version: 1, items: [] }, /v1.*not.*v2/],
  ])('as unknown: %s', (_what, body, reason) => {
    expect(refusal(body)).toMatchObject({ code: 'message.unknown-type', outcome: 'dead-letter' });
    expect(refusal(body).message).toMatch(reason);
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['no object', '[]', /not a JSON object/],
    ['no id', { ...event, id: undefined, data: [] }, /id/],
    ['no source', { ...event, source: undefined, data: [] }, /source/],
    ['a bad time', { ...event, time: 'yesterday', data: [] }, /time/],
    ['a wrong item', { ...event, data: [{ n: 1 }, { n: 'one' }] }, /data\.1\.n/],
    ['binary data', { ...event, data_base64: 'AAAA' }, /data/],
    ['data that is not JSON', { ...event, datacontenttype: 'text/xml', data: '<a/>' }, /data_base64 is not read/],
  ])('as not of its shape: %s', (_what, body, reason) => {
    expect(refusal(body)).toMatchObject({ code: 'message.invalid', outcome: 'dead-letter' });
    expect(refusal(body).message).toMatch(reason);
  });

  it('when it says that it is of another tenant than its subject', () => {
    for (const body of [
      { ...event, tenant: 'beta', data: [] },
      { ...plain, tenant: 'beta', items: [] },
    ]) {
      expect(refusal(body)).toMatchObject({ code: 'message.wrong-tenant', outcome: 'dead-letter' });
      expect(refusal(body).message).toContain('tenant beta came on a subject of tenant acme');
    }
    expect(refusal({ ...event, data: [] }, { ...arrival, tenant: 'A' }).code).toBe('message.wrong-tenant');
  });
});
