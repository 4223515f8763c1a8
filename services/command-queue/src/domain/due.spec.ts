import { describe, expect, it } from '@jest/globals';
import { decideDue, firstDueAt, type DueCommand, type DueTerms } from './due.ts';

const terms: DueTerms = { repushMs: 600_000, repushMaxMs: 3_600_000, answerGraceMs: 300_000 };
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 10, 2, minutes));
const queued: DueCommand = {
  state: 'queued',
  notBefore: null,
  expiresAt: at(240),
  sentAt: null,
  pushCount: 1,
  noPush: false,
  overtaken: false,
  comesBack: false,
};

describe('firstDueAt', () => {
  it('gives the first push time to work', () => {
    expect(firstDueAt(terms, at(0), undefined, at(240))).toEqual(at(10));
  });
  it('is the start of a command that waits for one', () => {
    expect(firstDueAt(terms, at(0), at(45), at(240))).toEqual(at(45));
  });
  it('never lies beyond the expiry', () => {
    expect(firstDueAt(terms, at(0), undefined, at(3))).toEqual(at(3));
  });
});

describe('decideDue', () => {
  it('pushes for a command whose start has come', () => {
    expect(decideDue({ ...queued, notBefore: at(10), pushCount: 0 }, at(10), terms)).toEqual({
      kind: 'push',
      reason: 'due',
      dueAt: at(20),
    });
  });
  it('doubles the wait with each push, up to its ceiling', () => {
    expect(decideDue(queued, at(10), terms)).toEqual({ kind: 'push', reason: 'repush', dueAt: at(30) });
    expect(decideDue({ ...queued, pushCount: 9 }, at(10), terms)).toMatchObject({ dueAt: at(70) });
  });
  it('looks again no later than at the expiry', () => {
    expect(decideDue({ ...queued, expiresAt: at(15) }, at(10), terms)).toMatchObject({ dueAt: at(15) });
  });
  it('expires a queued and a NotNow command at its expiry', () => {
    expect(decideDue({ ...queued, expiresAt: at(10) }, at(10), terms)).toEqual({ kind: 'finish', outcome: 'expired' });
    expect(decideDue({ ...queued, state: 'NotNow', expiresAt: at(10) }, at(10), terms)).toMatchObject({
      outcome: 'expired',
    });
  });
  it('gives a command in hand the grace before it is unanswered', () => {
    const inHand: DueCommand = { ...queued, state: 'sent', sentAt: at(1), expiresAt: at(10) };
    expect(decideDue(inHand, at(10), terms)).toEqual({ kind: 'wait', dueAt: at(15) });
    expect(decideDue(inHand, at(15), terms)).toEqual({ kind: 'finish', outcome: 'unanswered' });
  });
  it('leaves a device alone that took the command a moment ago', () => {
    expect(decideDue({ ...queued, state: 'sent', sentAt: at(8) }, at(10), terms)).toEqual({
      kind: 'wait',
      dueAt: at(18),
    });
    expect(decideDue({ ...queued, state: 'NotNow', sentAt: at(8) }, at(10), terms)).toEqual({
      kind: 'wait',
      dueAt: at(18),
    });
  });

  const notNow: DueCommand = { ...queued, state: 'NotNow', sentAt: at(1), comesBack: true };

  it('leaves a device alone that comes back by itself, as long as it may still do so', () => {
    expect(decideDue(notNow, at(30), terms)).toEqual({ kind: 'wait', dueAt: at(40) });
    expect(decideDue(notNow, at(55), terms)).toEqual({ kind: 'wait', dueAt: at(61) });
    expect(decideDue(notNow, at(61), terms)).toMatchObject({ kind: 'push', reason: 'repush' });
  });
  it('pushes a device that said something else after its NotNow', () => {
    expect(decideDue({ ...notNow, comesBack: false }, at(10), terms)).toEqual({ kind: 'wait', dueAt: at(11) });
    expect(decideDue({ ...notNow, comesBack: false }, at(11), terms)).toMatchObject({ kind: 'push' });
  });
  it('pushes for another try as soon as it may begin', () => {
    const again: DueCommand = { ...queued, sentAt: at(9), notBefore: at(10), pushCount: 1 };
    expect(decideDue(again, at(10), terms)).toMatchObject({ kind: 'push' });
  });
  it('never pushes for a command that nobody is to push for, and ends it in its time', () => {
    expect(decideDue({ ...queued, noPush: true, pushCount: 0 }, at(10), terms)).toEqual({
      kind: 'wait',
      dueAt: at(240),
    });
    expect(decideDue({ ...queued, noPush: true }, at(240), terms)).toMatchObject({ outcome: 'expired' });
  });
  it('ends what a newer command waits to replace, once no device has it in hand', () => {
    const overtaken: DueCommand = { ...queued, overtaken: true, sentAt: at(1) };
    expect(decideDue({ ...overtaken, state: 'NotNow' }, at(2), terms)).toEqual({
      kind: 'finish',
      outcome: 'superseded',
    });
    expect(decideDue({ ...overtaken, state: 'sent' }, at(2), terms)).toMatchObject({ kind: 'wait' });
  });
});
