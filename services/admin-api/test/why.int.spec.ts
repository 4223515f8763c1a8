import { createHash } from 'node:crypto';
import {
  AppError,
  deviceOutlook,
  type InputOf,
  type OutputOf,
  type RolloutReasons,
  type Why,
} from '@lamplighter/contracts';
import { serveRequest } from '@lamplighter/messaging';
import { silentLog } from '@lamplighter/testing';
import { type Bed, startBed, TOKENS } from './bed.ts';

const POLICY = '6f1c1f5e-0000-8000-8000-000000000001';
const ROLLOUT = '6f1c1f5e-0000-8000-8000-000000000002';
const OCCURRENCE = '6f1c1f5e-0000-8000-8000-000000000003';
const BODY = '6f1c1f5e-0000-8000-8000-000000000004';
const COMMAND = '6f1c1f5e-0000-8000-8000-000000000005';
const HASH = createHash('sha256').update('x').digest('hex');

const update = (device: string, state: string, reason: string | null, command: string | null = null) => `
  INSERT INTO update_scheduler.device_update (tenant, rollout_id, device_id, occurrence_id, wave, state, reason, platform, lane, target_version,
      target_build, command_id, stops_at, updated_at)
    VALUES ('default','${ROLLOUT}','${device}','${OCCURRENCE}',0,'${state}',${reason === null ? 'NULL' : `'${reason}'`},'iOS','mdm','26.6','23U67',
      ${command === null ? 'NULL' : `'${command}'`},now() + interval '2 hours',now());`;

const STAGE = `
  INSERT INTO update_scheduler.policy VALUES ('default','${POLICY}','nightly',1,'{"name":"nightly"}',false,now(),now());
  INSERT INTO update_scheduler.rollout VALUES ('default','${ROLLOUT}','${POLICY}',1,'running',now(),'{"name":"nightly"}');
  INSERT INTO update_scheduler.wave VALUES ('default','${OCCURRENCE}',0,'${ROLLOUT}',now(),now(),9);
  INSERT INTO status_ingestion.device (tenant, device_id, serial_number, enrolled, generation, platform, os_version, updated_at)
    SELECT 'default', id, 'F2L' || id, true, 1, 'iOS', '18.1', now() FROM unnest(ARRAY['A','B','C','D']) id;
  INSERT INTO status_ingestion.device (tenant, device_id, serial_number, enrolled, generation, platform, updated_at)
    VALUES ('default','A-BEFORE','F2LA',false,1,'iOS',now()), ('other','X','F2LX',true,1,'iOS',now());
  INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at, enrolled_at)
    SELECT 'default', id, 'device', 'enrolled', 'topic', '\\x${HASH}', 1, '{}', now(), now() FROM unnest(ARRAY['A','B','C','D']) id;
  INSERT INTO apns_push.push_certificate (tenant, topic, sealed_pem, not_after, uploaded_at)
    VALUES ('default','topic','',now() + interval '90 days',now());
  INSERT INTO command_queue.command_body VALUES ('default','${BODY}','ScheduleOSUpdate','<dict></dict>',now());
  INSERT INTO command_queue.command (tenant, device_id, command_id, body_id, cause, priority, state, created_at, expires_at, due_at, push_count, sent_at, not_now_at, not_now_count)
    VALUES ('default','A','${COMMAND}','${BODY}','${ROLLOUT}',10,2,now(),now() + interval '2 hours',now() + interval '5 minutes',1,now(),now(),3);
  INSERT INTO status_ingestion.report (tenant, device_id, report_id, at, command_id, request_type, status, cause, observation, error_chain)
    VALUES ('default','B','${COMMAND}',now(),'${COMMAND}','ScheduleOSUpdate','Error','${ROLLOUT}','{"kind":"failed"}','[{"ErrorCode":12008}]');
  ${update('A', 'available', null, COMMAND)} ${update('B', 'failed', 'insufficient-space')} ${update('C', 'failed', 'insufficient-space')}
  ${update('D', 'installed', null)}
`;

describe('why a device has not updated', () => {
  let bed: Bed;
  let asked: InputOf<typeof deviceOutlook>[] = [];
  let answer: (deviceId: string) => OutputOf<typeof deviceOutlook>;
  const outlook = {
    policyId: POLICY,
    policyName: 'nightly',
    policyVersion: 1,
    rolloutId: ROLLOUT,
    heldBy: null,
    emergency: false,
  };
  const rest = {
    reason: null,
    target: { version: '26.6', build: '23U67' },
    ring: null,
    deadlineAt: null,
    window: null,
  };
  let scheduler: { stop(): Promise<void> };

  beforeAll(async () => {
    bed = await startBed(() => true);
    await bed.database.admin.query({ text: STAGE });
    scheduler = serveRequest({
      definition: deviceOutlook,
      service: 'test',
      broker: bed.broker,
      log: silentLog,
      handler: async (given) => {
        const input = given as InputOf<typeof deviceOutlook>;
        asked.push(input);
        return answer(input.deviceId);
      },
    });
    await bed.broker.nc.flush();
  });
  beforeEach(() => {
    asked = [];
    answer = (deviceId) => ({ ok: { deviceId, enrolled: true, policies: [], outlook: { ...outlook, ...rest } } });
  });
  afterAll(() => bed?.stop());

  const why = async (device: string) => (await bed.call(`/v1/devices/${device}/why`)).json() as Why;

  it('is told by the command that it puts off, with what the queue knows of it', async () => {
    const told = await why('A');
    expect(told).toMatchObject({ code: 'not-now', class: 'device-busy', state: 'available', rolloutId: ROLLOUT });
    expect(told.explanation).toContain('ScheduleOSUpdate: the device said NotNow 3 times');
    expect(told.next.at).not.toBeNull();
    expect(told.policy).toEqual({ policyId: POLICY, name: 'nightly', version: 1 });
    expect(told.evidence.map((one) => one.kind)).toEqual(
      expect.arrayContaining(['enrollment', 'target', 'update', 'command', 'contact']),
    );
    expect(asked).toEqual([{ tenant: 'default', deviceId: 'A' }]);
  });

  it('is asked by serial number too, in any case; the device that is enrolled counts', async () => {
    expect(await why('f2la')).toMatchObject({ deviceId: 'A', serialNumber: 'F2LA' });
  });

  it('names the last error as the device sent it', async () => {
    const told = await why('B');
    expect(told).toMatchObject({ code: 'insufficient-space', class: 'space', state: 'failed' });
    expect(told.evidence.find((one) => one.kind === 'report')?.text).toContain('"ErrorCode":12008');
  });

  it('says that a bootstrap token is missing, from what the Mac lists, until it is in escrow', async () => {
    await bed.database.admin.query({
      text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, os_version, updated_at)
               VALUES ('default','E',true,1,'macOS','26.1',now());
             INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at)
               VALUES ('default','E','device','enrolled','topic','\\x${HASH}',1,'{}',now());
             INSERT INTO status_ingestion.available_update (tenant, device_id, product_key, is_config_data, is_major, is_security_response,
                 reported_at, requires_bootstrap_token)
               VALUES ('default','E','MSU_UPDATE_26.6',false,false,false,now(),true)`,
    });
    expect(await why('E')).toMatchObject({ code: 'bootstrap-token-missing', class: 'management' });
    await bed.database.admin.query({
      text: `UPDATE command_queue.enrollment SET bootstrap_token = 'sealed' WHERE device_id = 'E'`,
    });
    expect((await why('E')).code).not.toBe('bootstrap-token-missing');
  });

  it('is answered without update-scheduler as well as can be, and says what is missing', async () => {
    answer = () => {
      throw new AppError('internal', 'no');
    };
    const told = await why('C');
    expect(told).toMatchObject({ code: 'insufficient-space', policy: null });
    expect(told.evidence).toContainEqual(
      expect.objectContaining({ kind: 'policy', text: expect.stringContaining('does not answer') }),
    );
  });

  it('is not told of devices that are not known, nor of those of another tenant', async () => {
    for (const device of ['nobody', 'X', 'F2LX']) {
      const reply = await bed.call(`/v1/devices/${device}/why`);
      expect(reply.status).toBe(404);
      expect(reply.text).toContain('device.not-found');
    }
    const authorization = `Bearer ${TOKENS.other}`;
    expect((await bed.call('/v1/devices/A/why', { authorization })).status).toBe(404);
    expect((await bed.call(`/v1/rollouts/${ROLLOUT}/reasons`, { authorization })).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('is summed up for a rollout: most frequent first, with examples and what to do', async () => {
    const told = (await bed.call(`/v1/rollouts/${ROLLOUT}/reasons`)).json() as RolloutReasons;
    expect(told).toMatchObject({ policyName: 'nightly', devices: 4, installed: 1 });
    expect(told.items.map(({ code, state, devices, examples }) => ({ code, state, devices, examples }))).toEqual([
      { code: 'insufficient-space', state: 'failed', devices: 2, examples: ['B', 'C'] },
      { code: null, state: 'available', devices: 1, examples: ['A'] },
    ]);
    for (const { title, explanation, action } of told.items)
      expect([title, explanation, action].every(Boolean)).toBe(true);
  });

  it('ends with the responder', async () => {
    await scheduler.stop();
    await bed.broker.nc.flush();
    expect(await why('D')).toMatchObject({ code: 'already-at-target', state: 'installed' });
  });
});
