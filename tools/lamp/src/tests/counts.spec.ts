import { countResults, countsLine, isSuccess } from './counts.ts';

const results = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe('the line of counts', () => {
  it('names skipped tests only when there are some', () => {
    expect(countsLine(countResults(results))).toBe('5 passed, 0 failed');
    expect(countsLine(countResults({ ...results, numPendingTests: 1, numTodoTests: 2 }))).toBe(
      '5 passed, 0 failed, 3 skipped',
    );
  });

  it('counts a suite that could not run as a failure', () => {
    const counts = countResults({ ...results, numRuntimeErrorTestSuites: 1 });
    expect(countsLine(counts)).toBe('5 passed, 1 failed');
    expect(isSuccess(counts)).toBe(false);
  });

  it('takes unreadable results for a failure', () => {
    expect(countsLine(countResults(undefined))).toBe('0 passed, 1 failed');
  });

  it('does not call a run without tests a success', () => {
    expect(isSuccess(countResults({ ...results, numPassedTests: 0 }))).toBe(false);
  });
});
