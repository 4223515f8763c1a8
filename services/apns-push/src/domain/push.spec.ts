import {
  columnsOf,
  commandEnqueued,
  commandsEnqueued,
  derivedTraceparent,
  derivedUuid,
  message,
  pushRequest,
} from '@lamplighter/contracts';
import { describe, expect, it } from '@jest/globals';
import { jobsOf, wakesOf, wakesOfMany } from './push.ts';

const at = new Date('2026-11-20T02:00:00Z');

function request(id: string, tenant: string, ...items: [deviceId: string, expiresAt: string][]) {
  return message(
    pushRequest,
    { id, tenant, at },
    items.map(([deviceId, expiresAt]) => ({ deviceId, expiresAt, reason: 'enqueued' as const })),
  );
}

describe('jobsOf', () => {
  it('pushes once to a device that is asked for several times, with the latest expiry', () => {
    const jobs = jobsOf([
      request('1', 'default', ['a', '2026-11-20T03:00:00Z'], ['b', '2026-11-20T03:00:00Z']),
      request('2', 'default', ['a', '2026-11-20T05:00:00Z']),
      request('3', 'default', ['a', '2026-11-20T04:00:00Z']),
      request('4', 'other', ['a', '2026-11-20T01:00:00Z']),
    ]);
    expect(jobs.map((job) => [job.tenant, job.deviceId, job.requestId])).toEqual([
      ['default', 'a', '2'],
      ['default', 'b', '1'],
      ['other', 'a', '4'],
    ]);
  });
});

describe('wakesOf', () => {
  it('asks for a push where the queue says until when, and not from then on', () => {
    const item = { deviceId: 'a', commandId: derivedUuid('c') };
    const pushUntil = '2026-11-20T03:00:00.000Z';
    const told = message(commandEnqueued, { id: '1', tenant: 'default', at }, [item, { ...item, pushUntil }]);
    expect(wakesOf(told, at)).toEqual([{ deviceId: 'a', expiresAt: pushUntil, traceparent: undefined }]);
    expect(wakesOf(told, new Date(pushUntil))).toEqual([]);
  });

  it('says the same of many in columns', () => {
    const traceparent = derivedTraceparent(1, 'a');
    const commands = [
      { deviceId: 'a', commandId: derivedUuid('a'), traceparent },
      { deviceId: 'b', commandId: derivedUuid('b') },
    ];
    const pushUntil = '2026-11-20T03:00:00.000Z';
    const items = [{ ...columnsOf(commands), pushUntil }, columnsOf([{ deviceId: 'c', commandId: derivedUuid('c') }])];
    const told = message(commandsEnqueued, { id: '1', tenant: 'default', at }, items);
    expect(wakesOfMany(told, at)).toEqual([
      { deviceId: 'a', expiresAt: pushUntil, traceparent },
      { deviceId: 'b', expiresAt: pushUntil, traceparent: undefined },
    ]);
    expect(wakesOfMany(told, new Date(pushUntil))).toEqual([]);
  });
});
