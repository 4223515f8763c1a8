import { type PolicyInput, PolicySpec, type WindowSpec } from '@lamplighter/contracts';
import { forecastOf } from './forecast.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

function forecast(input: Partial<PolicyInput>, counted: Parameters<typeof forecastOf>[1], mostPerMinute = 120_000) {
  const spec = PolicySpec.parse({ name: 'nightly', ...input });
  const windows = spec.windows.map((window, index) => ({ key: `#${index + 1}`, spec: window as WindowSpec }));
  return forecastOf({ spec, windows, mostPerMinute, now: NOW }, counted);
}
const devices = (count: number, zone: string | null = null, reason: string | null = null) => ({
  zone,
  reason,
  devices: count,
});

describe('the forecast of a policy', () => {
  it('counts devices by zone, each at its own opening, and those that are left out by reason', () => {
    const told = forecast({}, [
      devices(100, 'Asia/Tokyo'),
      devices(50, 'Europe/Zurich'),
      devices(10),
      devices(7, 'Asia/Tokyo', 'not-supervised'),
      devices(2, null, 'not-supervised'),
      devices(30, null, 'already-at-target'),
    ]);
    expect(told).toMatchObject({ devices: 160, fits: true, warnings: [] });
    expect(told.windows.map(({ zone, opensAt, devices: count }) => [zone, opensAt, count])).toEqual([
      ['Asia/Tokyo', '2026-11-22T17:00:00.000Z', 100],
      ['Europe/Zurich', '2026-11-23T01:00:00.000Z', 50],
      ['UTC', '2026-11-23T02:00:00.000Z', 10],
    ]);
    expect(told.skipped).toEqual([
      { reason: 'already-at-target', devices: 30 },
      { reason: 'not-supervised', devices: 9 },
    ]);
  });

  it('of a window in a fixed zone is one opening for all', () => {
    const told = forecast({ windows: [{ zone: 'Europe/Zurich' }] }, [devices(100, 'Asia/Tokyo'), devices(50)]);
    expect(told.windows).toMatchObject([{ zone: 'Europe/Zurich', devices: 150 }]);
  });

  it('warns where the pace is too slow for the window, with how many are left', () => {
    // 210 minutes until sending stops, 10 a minute.
    const told = forecast({ pace: { devicesPerMinute: 10, spread: 0 } }, [devices(2_500)]);
    expect(told.windows).toMatchObject([
      { fits: false, leftOver: 400, perMinute: 10, sentBy: '2026-11-23T06:10:00.000Z' },
    ]);
    expect(told).toMatchObject({ fits: false, warnings: [expect.stringContaining('400 devices do not fit (UTC)')] });
  });

  it('knows what the installation sends at most, which openings at the same time share', () => {
    const told = forecast(
      { pace: { devicesPerMinute: 1_000, spread: 0 } },
      [devices(6_000, 'Europe/Zurich'), devices(2_000, 'Europe/Paris')],
      100,
    );
    expect(told.windows.map(({ zone, perMinute, sentBy }) => [zone, perMinute, sentBy])).toEqual([
      ['Europe/Paris', 25, '2026-11-23T02:20:00.000Z'],
      ['Europe/Zurich', 75, '2026-11-23T02:20:00.000Z'],
    ]);
  });

  it('warns of a policy that takes nobody in, and of one that never opens', () => {
    expect(forecast({}, []).warnings).toEqual([expect.stringContaining('takes in no device')]);
    const never = { blackouts: [{ from: '2026-01-01', to: '2030-01-01' }] };
    expect(forecast(never, [devices(5)])).toMatchObject({
      windows: [],
      sentBy: null,
      warnings: [expect.stringContaining('no window opens')],
    });
  });
});
