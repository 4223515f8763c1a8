import { describe, expect, it } from '@jest/globals';
import { isPending, lifeCycle, storedStates } from './command.ts';

describe('the life of a command', () => {
  const targets = storedStates.flatMap((state) => Object.values(lifeCycle[state]));

  it('reaches every state and every outcome', () => {
    expect(new Set(targets)).toEqual(
      new Set([
        'queued',
        'sent',
        'NotNow',
        'Acknowledged',
        'Error',
        'CommandFormatError',
        'expired',
        'unanswered',
        'voided',
        'revoked',
        'cancelled',
        'superseded',
        'refused',
      ]),
    );
  });

  it('goes back to queued only after an Error with a retry left, or where another server was not reached', () => {
    const back = storedStates.flatMap((state) => Object.entries(lifeCycle[state]).filter(([, to]) => to === 'queued'));
    expect(new Set(back.map(([event]) => event))).toEqual(new Set(['failed-for-now', 'not-reached']));
  });

  it('can end from every pending state', () => {
    for (const state of storedStates) {
      expect(Object.values(lifeCycle[state]).some((next) => !isPending(next))).toBe(true);
    }
  });

  it.each(['revoked', 'cancelled', 'overtaken'] as const)(
    'keeps a command that a device has in hand when it is %s',
    (event) => {
      expect(lifeCycle.sent[event]).toBeUndefined();
      expect(lifeCycle.NotNow[event]).toBeDefined();
    },
  );
});
