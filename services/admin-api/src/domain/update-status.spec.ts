import type { Device, UpdateState } from '@lamplighter/contracts';
import type { CommandRow, History, UpdateRow } from './timeline.ts';
import { lastUpdateOf, updateStatusOf } from './update-status.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));
const iso = (hour: number) => at(hour).toISOString();
const R1 = '6f1c1f5e-0000-8000-8000-000000000001';
const R2 = '6f1c1f5e-0000-8000-8000-000000000002';

const event = (rolloutId: string, hour: number, fromState: UpdateState, toState: UpdateState): UpdateRow => ({
  at: at(hour),
  rolloutId,
  fromState,
  toState,
  reason: null,
  detail: null,
  commandId: null,
  traceparent: null,
});
const command = (rolloutId: string, hour: number, requestType = 'ScheduleOSUpdate'): CommandRow => ({
  commandId: `${hour}`,
  requestType,
  cause: rolloutId,
  state: 'Acknowledged',
  createdAt: at(hour),
  notBefore: null,
  expiresAt: at(hour + 3),
  sentAt: at(hour),
  sentCount: 1,
  notNowCount: 0,
  finishedAt: at(hour),
  handedTo: null,
  detail: null,
  traceparent: null,
});
const update = (rolloutId: string, state: UpdateState, reason: string | null = null): Device['updates'][number] => ({
  rolloutId,
  policyName: 'nightly',
  deviceId: 'phone',
  state,
  reason,
  platform: 'iOS',
  fromVersion: '18.1',
  targetVersion: '26.6',
  targetBuild: '23U67',
  commandedAt: iso(31),
  updatedAt: iso(32),
  traceId: null,
});
const history = (more: Partial<History>): History => ({
  enrollment: undefined,
  commands: [],
  pushes: [],
  reports: [],
  updates: [],
  ...more,
});

// One night that was too short, and one in which it went on.
const TWO_NIGHTS = [
  event(R1, 2, 'planned', 'planned'),
  event(R1, 4, 'commanded', 'downloading'),
  event(R1, 6, 'downloading', 'waiting'),
  event(R1, 26, 'waiting', 'planned'),
  event(R1, 32, 'commanded', 'downloading'),
  event(R1, 33, 'downloading', 'downloaded'),
];

describe('the status of an update', () => {
  it('has the times of the steps of its last attempt, newest rows first or not', () => {
    const commands = [command(R1, 3), command(R1, 30), command(R1, 29, 'AvailableOSUpdates')];
    const told = updateStatusOf([update(R1, 'downloaded')], history({ updates: TWO_NIGHTS.toReversed(), commands }));
    expect(told).toMatchObject({
      state: 'downloaded',
      plannedAt: iso(26),
      commandSentAt: iso(30),
      commandReceivedAt: iso(31),
      downloadingAt: iso(32),
      downloadedAt: iso(33),
      installingAt: null,
      installedAt: null,
    });
  });

  it('is that of the update under way, and names what is the matter', () => {
    const updates = [update(R2, 'not-eligible', 'other-rollout'), update(R1, 'commanded', 'waiting-for-power')];
    expect(updateStatusOf(updates, history({}))).toMatchObject({
      rolloutId: R1,
      reasonTitle: 'Waits, probably for power',
    });
    expect(updateStatusOf([], history({}))).toBeNull();
  });

  it('knows the last update that was brought from here; a device that was at its target does not count', () => {
    const updates = [update(R2, 'installed'), update(R1, 'installed')];
    const rows = [...TWO_NIGHTS, event(R1, 34, 'installing', 'installed'), event(R2, 50, 'planned', 'installed')];
    expect(lastUpdateOf(updates, history({ updates: rows }))).toEqual({
      rolloutId: R1,
      fromVersion: '18.1',
      toVersion: '26.6',
      toBuild: '23U67',
      installedAt: iso(34),
    });
    expect(lastUpdateOf(updates, history({ updates: [event(R2, 50, 'planned', 'installed')] }))).toBeNull();
  });
});
