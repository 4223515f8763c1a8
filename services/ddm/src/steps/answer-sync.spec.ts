import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@lamplighter/testing';
import { Enrollments } from '../ports.ts';
import type { Enrolled } from '../ports.ts';
import { AnswerSync } from './answer-sync.ts';
import type { RecordReport } from './record-report.ts';

class FakeEnrollments extends Enrollments {
  constructor(private readonly enrolled: Enrolled | undefined) {
    super();
  }
  override async find(): Promise<Enrolled | undefined> {
    return this.enrolled;
  }
}

const SYNC = { tenant: 'default', deviceId: 'D', certificateHash: 'a'.repeat(64), receivedAt: '2026-11-20T02:00:00Z' };

function step(recorded: object[], failure?: Error): AnswerSync {
  const run = async (report: object) => {
    if (failure) throw failure;
    recorded.push(report);
  };
  const enrollments = new FakeEnrollments({ isEnrolled: true, certificateHash: SYNC.certificateHash });
  return new AnswerSync(enrollments, { run } as RecordReport, silentLog);
}

describe('AnswerSync', () => {
  it('records a report with the instant at which it was received', async () => {
    const recorded: object[] = [];
    await step(recorded).run({ ...SYNC, endpoint: 'status', data: '{}' });
    expect(recorded).toMatchObject([{ deviceId: 'D', at: new Date(SYNC.receivedAt), data: '{}' }]);
  });

  it('answers a source for a device that is not enrolled here', async () => {
    const { certificateHash: _, ...relayed } = SYNC;
    const recorded: object[] = [];
    const sync = { ...relayed, deviceId: 'ELSEWHERE', source: 'other-server' };
    expect(await step(recorded).run({ ...sync, endpoint: 'tokens' })).toMatchObject({ status: 200 });
    await step(recorded).run({ ...sync, endpoint: 'status', data: '{}' });
    expect(recorded).toMatchObject([{ tenant: 'default', deviceId: 'ELSEWHERE' }]);
  });

  it('lets a failure of the store through, so that the device reports again', async () => {
    const broken = step([], new Error('no connection'));
    await expect(broken.run({ ...SYNC, endpoint: 'status', data: '{}' })).rejects.toThrow('no connection');
  });

  it('gives an unchanged device the same token every time', async () => {
    const first = await step([]).run({ ...SYNC, endpoint: 'declaration-items' });
    const second = await step([]).run({ ...SYNC, receivedAt: '2027-01-01T00:00:00Z', endpoint: 'declaration-items' });
    expect(second).toEqual(first);
  });
});
