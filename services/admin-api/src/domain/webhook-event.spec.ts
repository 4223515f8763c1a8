import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { signatureOf } from './hmac-signature.ts';
import { answerEvent, checkInEvent, webhookBody } from './webhook-event.ts';

const AT = '2026-11-20T02:00:00.000Z';
const ANSWER = {
  deviceId: 'UDID-1',
  commandId: '6f1c1f5e-0000-8000-8000-000000000005',
  requestType: 'ScheduleOSUpdate',
  cause: 'x',
  status: 'Acknowledged' as const,
  receivedAt: AT,
  payload: { xml: '<plist/>' },
};
const CHECK_IN = {
  deviceId: 'UDID-1',
  kind: 'device' as const,
  messageType: 'TokenUpdate',
  at: AT,
  payload: '<plist/>',
};
const parsed = (event: Parameters<typeof webhookBody>[0]) =>
  JSON.parse(webhookBody(event, Buffer.from('<plist/>'))) as Record<string, Record<string, unknown>>;

describe('a webhook event', () => {
  it('of an answer is an acknowledge_event in the MicroMDM format', () => {
    const event = answerEvent('default', ANSWER, { kind: 'device', parentId: null });
    expect(parsed(event)).toEqual({
      topic: 'mdm.Connect',
      event_id: event.eventId,
      created_at: AT,
      acknowledge_event: {
        udid: 'UDID-1',
        status: 'Acknowledged',
        command_uuid: ANSWER.commandId,
        raw_payload: Buffer.from('<plist/>').toString('base64'),
        ids: { id: 'UDID-1', type: 'Device' },
      },
    });
  });

  it('of a check-in is a checkin_event, with the tally of a TokenUpdate', () => {
    const event = checkInEvent('default', { ...CHECK_IN, tokenUpdateTally: 2 })!;
    expect(parsed(event)).toMatchObject({
      topic: 'mdm.TokenUpdate',
      checkin_event: { udid: 'UDID-1', token_update_tally: 2 },
    });
    expect(parsed(event)).not.toHaveProperty('acknowledge_event');
    expect(checkInEvent('default', { ...CHECK_IN, messageType: 'SomethingNew' })).toBeUndefined();
  });

  it.each([
    ['UDID-1', { kind: 'device', parentId: null }, { udid: 'UDID-1' }, { id: 'UDID-1', type: 'Device' }],
    ['U:7', { kind: 'user', parentId: 'U' }, { udid: 'U' }, { id: 'U:7', type: 'User', parent_id: 'U' }],
    ['U:7', undefined, { udid: 'U' }, { id: 'U:7', type: 'User', parent_id: 'U' }],
    [
      'U:jo',
      { kind: 'shared-ipad', parentId: 'U' },
      { udid: 'U' },
      { id: 'U:jo', type: 'Shared iPad', parent_id: 'U' },
    ],
    [
      'E',
      { kind: 'user-enrollment', parentId: null },
      { enrollment_id: 'E' },
      { id: 'E', type: 'User Enrollment (Device)' },
    ],
    [
      'E:7',
      { kind: 'user-enrollment', parentId: 'E' },
      { enrollment_id: 'E' },
      { id: 'E:7', type: 'User Enrollment', parent_id: 'E' },
    ],
  ] as const)('names %s as NanoMDM does', (deviceId, known, device, ids) => {
    const { acknowledge_event: body } = parsed(answerEvent('default', { ...ANSWER, deviceId }, known));
    expect(body).toMatchObject({ ...device, ids });
    expect(body!['ids']).toEqual(ids);
  });

  it('has the same id whenever it comes, and another for each NotNow, each failed try and each tenant', () => {
    const idOf = (tenant: string, more: object = {}) => answerEvent(tenant, { ...ANSWER, ...more }, undefined).eventId;
    expect(idOf('a', { receivedAt: '2026-11-20T03:00:00.000Z' })).toBe(idOf('a'));
    const ids = [
      idOf('a'),
      idOf('b'),
      idOf('a', { status: 'NotNow', notNowCount: 1 }),
      idOf('a', { status: 'NotNow', notNowCount: 2 }),
      idOf('a', { status: 'Error', errorCount: 1 }),
      idOf('a', { status: 'Error', errorCount: 2 }),
    ];
    expect(new Set(ids).size).toBe(6);
  });

  it('is signed over its very bytes', () => {
    expect(signatureOf('{"ü":1}', Buffer.from('key'))).toBe(
      createHmac('sha256', 'key').update(Buffer.from('{"ü":1}')).digest('base64'),
    );
  });
});
