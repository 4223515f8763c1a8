import { jsonLine, median, quantile, resultOf } from './result.ts';

const runs = (rates: readonly number[]) => rates.map((rate) => ({ rate, cpuSeconds: rate / 100 }));

describe('the figures of a benchmark', () => {
  it('are the medians of their runs, ours over the baseline as rates', () => {
    const what = { name: 'probe', unit: 'rows/s', goal: 0.33 };
    expect(resultOf(what, runs([900, 300, 310]), runs([1000, 990, 5]))).toEqual({
      ...what,
      value: 310,
      baseline: 990,
      ratio: 0.3131,
      cpuSeconds: 3.1,
      runs: 3,
    });
  });

  it('are refused where one side ran more often than the other, or neither did', () => {
    const what = { name: 'probe', unit: 'rows/s', goal: 1 };
    expect(() => resultOf(what, runs([1, 2]), runs([1]))).toThrow(RangeError);
    expect(() => resultOf(what, [], [])).toThrow(RangeError);
  });

  it('take the mean of the two middle runs of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('name the smallest latency that a share of all does not exceed', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 0.5, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([1, 50, 99, 100]);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('stand on one line of JSON with exactly the keys that scripts rely on', () => {
    const result = { ...resultOf({ name: 'a', unit: 'u', goal: 2 }, runs([12345.6]), runs([1.23456])), more: 'no' };
    expect(jsonLine(result)).toBe(
      '{"name":"a","value":12346,"unit":"u","baseline":1.235,"ratio":10000,"goal":2,"cpuSeconds":123.5,"runs":1}',
    );
  });
});
