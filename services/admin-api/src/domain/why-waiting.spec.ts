import { describe, expect, it } from '@jest/globals';
import { type PendingCommand, type WaitingFacts, whyWaiting } from './why-waiting.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 20, 2, minutes));
const row: PendingCommand = {
  commandId: '00000000-0000-4000-8000-000000000005',
  requestType: 'ScheduleOSUpdate',
  priority: 10,
  state: 'queued',
  createdAt: at(0),
  notBefore: null,
  expiresAt: at(240),
  dueAt: at(40),
  pushCount: 2,
  sentAt: null,
  firstNotNowAt: null,
  notNowCount: 0,
  noPush: false,
  source: null,
  handedTo: null,
};
const facts: WaitingFacts = {
  now: at(30),
  enrollment: { status: 'enrolled', topic: 'T', leftAt: null, goneAt: null, lastSeenAt: at(-90) },
  source: undefined,
  certificate: { notAfter: at(600_000) },
  lastPush: { at: at(20), outcome: 'accepted', reason: null },
  pending: [row],
};
const why = (more: Partial<PendingCommand> = {}, other: Partial<WaitingFacts> = {}) =>
  whyWaiting({ ...row, ...more }, { ...facts, ...other });
const END = '; expires at 2026-11-20T06:00:00.000Z';

describe('why a command waits', () => {
  it('is that the device does not come: pushed so often, and what APNs said last', () => {
    expect(why()).toEqual({
      reason: 'not-come',
      detail: `the device was pushed 2 times (last push at 2026-11-20T02:20:00.000Z: accepted by APNs) and has not come; it was last seen at 2026-11-20T00:30:00.000Z${END}`,
      since: '2026-11-20T02:00:00.000Z',
      nextLookAt: '2026-11-20T02:40:00.000Z',
    });
  });

  it('is its start', () => {
    expect(why({ notBefore: at(45) })).toMatchObject({
      reason: 'not-before',
      detail: `not before 2026-11-20T02:45:00.000Z${END}`,
    });
    expect(why({ notBefore: at(30) }).reason).toBe('not-come');
  });

  it('is NotNow: how often, since when, and when the device is pushed again', () => {
    expect(why({ state: 'NotNow', notNowCount: 3, firstNotNowAt: at(5) })).toMatchObject({
      reason: 'not-now',
      detail: `the device said NotNow 3 times, first at 2026-11-20T02:05:00.000Z; it will be pushed at 2026-11-20T02:40:00.000Z unless it comes back by itself${END}`,
      since: '2026-11-20T02:05:00.000Z',
    });
  });

  it('is that the device has it in hand', () => {
    expect(why({ state: 'sent', sentAt: at(25) })).toMatchObject({
      reason: 'in-hand',
      detail: `the device has had it in hand since 2026-11-20T02:25:00.000Z and has not answered${END}`,
    });
  });

  it('is what goes first: sooner lanes, then older ones; not what may not go yet', () => {
    const lock = { ...row, commandId: 'a', requestType: 'DeviceLock', priority: 0, createdAt: at(10) };
    const older = { ...row, commandId: 'b', createdAt: at(-1) };
    const younger = { ...row, commandId: 'c', createdAt: at(1) };
    const later = { ...lock, commandId: 'd', notBefore: at(60) };
    expect(why({}, { pending: [row, older, younger, later, lock] })).toMatchObject({
      reason: 'behind',
      detail: `behind 2 commands (1 of a sooner lane), first of them DeviceLock a${END}`,
    });
    expect(why({}, { pending: [row, younger, later] }).reason).toBe('not-come');
  });

  it('is that APNs said the device is gone', () => {
    const enrollment = { ...facts.enrollment!, goneAt: at(3) };
    expect(why({}, { enrollment })).toMatchObject({
      reason: 'unreachable',
      detail: expect.stringContaining('APNs said 410 (gone) at 2026-11-20T02:03:00.000Z'),
      since: '2026-11-20T02:03:00.000Z',
    });
  });

  it.each([
    [{ certificate: undefined }, 'no push certificate for its topic T was uploaded'],
    [{ certificate: { notAfter: at(30) } }, 'the push certificate of its topic T expired at 2026-11-20T02:30:00.000Z'],
    [
      { lastPush: { at: at(20), outcome: 'no-certificate', reason: 'BadCertificate' } },
      'APNs refuses the push certificate of its topic T (BadCertificate)',
    ],
  ])('is the push certificate: %j', (other, detail) => {
    expect(why({}, other)).toMatchObject({ reason: 'no-push-certificate', detail: `${detail}${END}` });
  });

  it.each([
    [undefined, 'this device has never enrolled here'],
    [{ status: 'left' }, 'the device has left management'],
    [{ status: 'authenticated' }, 'has not sent its TokenUpdate yet'],
  ])('is the enrollment: %j', (enrollment, detail) => {
    const other = { enrollment: enrollment && { ...facts.enrollment!, ...enrollment } };
    expect(why({}, other)).toMatchObject({ reason: 'not-enrolled', detail: expect.stringContaining(detail) });
  });

  it('is that nobody pushed yet, or that its time is up', () => {
    expect(why({ pushCount: 0 }, { lastPush: undefined })).toMatchObject({
      reason: 'not-pushed',
      detail: `the device was not pushed for it yet; the queue asks for a push at 2026-11-20T02:40:00.000Z${END}`,
    });
    expect(why({ pushCount: 0, noPush: true }, { lastPush: undefined })).toMatchObject({
      reason: 'not-pushed',
      detail: `its sender wants no push for it: it waits until the device comes by itself${END}`,
    });
    expect(why({ pushCount: 0 }).reason).toBe('not-come');
    expect(why({ expiresAt: at(30) })).toMatchObject({ reason: 'expired', since: at(30).toISOString() });
  });
});

describe('why a command for a device of another server waits', () => {
  const nano = { name: 'nano', kind: 'nanomdm', isEnabled: true, error: null };
  const there = (more: Partial<PendingCommand>, source: WaitingFacts['source'] = nano) =>
    why({ source: 'nano', noPush: true, ...more }, { source, certificate: undefined, lastPush: undefined });

  it.each([
    ['it was not given it yet', nano, 'nanomdm (source nano) was not given it yet'],
    ['it takes none', { ...nano, error: 'no answer' }, 'nanomdm (source nano) takes no commands: no answer'],
    ['it is not enabled', { ...nano, isEnabled: false }, 'nanomdm (source nano) is not enabled'],
    ['it is gone', { ...nano, kind: null }, 'there is no source nano any more'],
  ])('is that %s', (_what, source, detail) => {
    expect(there({}, source)).toMatchObject({ reason: 'not-handed-over', detail: `${detail}${END}` });
  });

  it('is that it has it, or may have it', () => {
    const handed = { handedTo: 'nanomdm', sentAt: at(25) };
    expect(there({ ...handed, state: 'handed to nanomdm' })).toMatchObject({
      reason: 'in-hand',
      detail: expect.stringContaining('has relayed no answer'),
      since: '2026-11-20T02:25:00.000Z',
    });
    expect(there({ ...handed, state: 'handing to nanomdm' }, { ...nano, error: 'no answer' })).toMatchObject({
      reason: 'in-hand',
      detail: expect.stringContaining('may have it since 2026-11-20T02:25:00.000Z; it is asked again: no answer'),
    });
  });

  it('is NotNow, without a word of pushes', () => {
    const { reason, detail } = there({ state: 'NotNow', handedTo: 'nanomdm', sentAt: at(25), notNowCount: 1 });
    expect(reason).toBe('not-now');
    expect(detail).not.toContain('push');
  });
});
