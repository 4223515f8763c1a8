import { describe, expect, it } from '@jest/globals';
import { isPending, lifeCycle, storedStates } from './command.ts';

describe('the life of a command', () => {
  const targets = storedStates.flatMap((state) => Object.values(lifeCycle[state]));

  it('reaches every state and every outcome', () => {
    expect(new Set(targets)).toEqual(
      new Set([
        'sent',
        'NotNow',
        'Acknowledged',
        'Error',
        'CommandFormatError',
        'expired',
        'unanswered',
        'voided',
        'revoked',
      ]),
    );
  });

  it('never goes back to queued', () => {
    expect(targets).not.toContain('queued');
  });

  it('can end from every pending state', () => {
    for (const state of storedStates) {
      expect(Object.values(lifeCycle[state]).some((next) => !isPending(next))).toBe(true);
    }
  });

  it('keeps a command that a device has in hand when its cause is revoked', () => {
    expect(lifeCycle.sent.revoked).toBeUndefined();
  });
});
