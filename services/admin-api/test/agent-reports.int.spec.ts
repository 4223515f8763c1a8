import { agentReported, decoderOf, type ItemOf, type Message, subjectFilter, type Why } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

const STAGE = `
  INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, updated_at)
    VALUES ('default','MAC-1',true,1,'macOS',now()), ('default','MAC-2',true,1,'macOS',now()), ('other','MAC-3',true,1,'macOS',now());
  INSERT INTO status_ingestion.agent_report VALUES ('default','MAC-2','2026-11-20T02:00Z',
    '{"mdmClient":"stuck","softwareUpdate":"working","freeDiskBytes":3200000000,"onPower":false,"batteryLevel":0.41,"restartedAt":"2026-11-01T08:00:00.000Z"}');
`;

describe('reports of agents on devices', () => {
  let bed: Bed;
  const heard: Message<ItemOf<typeof agentReported>>[] = [];
  beforeAll(async () => {
    bed = await startBed(() => true);
    await bed.database.admin.query({ text: STAGE });
    bed.broker.nc.subscribe(subjectFilter(bed.broker.prefix, agentReported), {
      callback: (_error, msg) => {
        const tenant = msg.subject.includes('.other.') ? 'other' : 'default';
        heard.push(decoderOf(agentReported)(msg.string(), { tenant, at: new Date() }) as (typeof heard)[number]);
      },
    });
    await bed.broker.nc.flush();
  });
  afterAll(() => bed?.stop());

  const post = (reports: unknown, authorization?: string) =>
    bed.call('/v1/agent-reports', {
      method: 'POST',
      body: JSON.stringify({ reports }),
      headers: { 'content-type': 'application/json' },
      ...(authorization === undefined ? {} : { authorization }),
    });

  it('are taken in batches, and told to all as agent.reported', async () => {
    const at = '2026-11-20T02:00:00.000Z';
    const reply = await post([{ deviceId: 'MAC-1', at, softwareUpdate: 'stuck' }, { deviceId: 'MAC-2' }]);
    expect(reply.json()).toEqual({ taken: 2 });
    await waitFor('the event', () => heard.length > 0);
    expect(heard).toMatchObject([
      { tenant: 'default', items: [{ deviceId: 'MAC-1', at, softwareUpdate: 'stuck' }, { deviceId: 'MAC-2' }] },
    ]);
  });

  it('are refused all together where one is of a device that the tenant does not know, and each is named', async () => {
    const reply = await post([{ deviceId: 'MAC-1' }, { deviceId: 'MAC-3' }, { deviceId: 'NOBODY' }]);
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({
      error: {
        code: 'agent-report.refused',
        message: 'none was taken: reports.1.deviceId ("MAC-3") is no device of this tenant, and 1 more faults',
        fields: [
          { path: 'reports.1.deviceId', value: 'MAC-3' },
          { path: 'reports.2.deviceId', value: 'NOBODY' },
        ],
      },
    });
    const theirs = await post([{ deviceId: 'MAC-1' }], basic('x', TOKENS.other));
    expect(theirs.status).toBe(400);
    expect(heard).toHaveLength(1);
  });

  it.each([
    ['a report of tomorrow', [{ deviceId: 'MAC-1', at: '2999-01-01T00:00:00.000Z' }], 'reports.0.at'],
    ['no report', [], 'reports'],
    ['more than a thousand', Array.from({ length: 1001 }, () => ({ deviceId: 'MAC-1' })), 'reports'],
    ['what nobody knows', [{ deviceId: 'MAC-1', mood: 'good' }], 'reports.0'],
    ['half a byte', [{ deviceId: 'MAC-1', freeDiskBytes: 0.5 }], 'reports.0.freeDiskBytes'],
    ['a NUL', [{ deviceId: 'MAC-1', note: 'a\0b' }], 'reports.0.note'],
    ['half a character', [{ deviceId: 'MAC-1', agentVersion: '\ud800' }], 'reports.0.agentVersion'],
  ])('refuses %s', async (_name, reports, path) => {
    const reply = await post(reports);
    expect(reply.status).toBe(400);
    expect((reply.json() as { error: { fields: { path: string }[] } }).error.fields[0]!.path).toContain(path);
    expect(heard).toHaveLength(1);
  });

  it('needs a token', async () => {
    const headers = { 'content-type': 'application/json' };
    const reply = await bed.call('/v1/agent-reports', {
      method: 'POST',
      body: '{}',
      headers,
      authorization: undefined,
    });
    expect(reply.status).toBe(401);
  });

  it('is evidence in the answer why a device has not updated', async () => {
    const why = (await bed.call('/v1/devices/MAC-2/why')).json() as Why;
    expect(why.evidence).toContainEqual({
      kind: 'agent',
      text: 'its agent says: its MDM client is stuck, its software update process is working, 3.2 GB free, on battery, battery at 41 %, last started 2026-11-01 08:00 UTC',
      at: '2026-11-20T02:00:00.000Z',
    });
  });
});
