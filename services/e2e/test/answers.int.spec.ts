import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DevicePage, DevicePolicies, GroupTest, GroupView, Policy, PolicyForecast, Why } from '@lamplighter/contracts';
import { AskedServices } from '../src/asked-services.ts';

/** In the afternoon, so that no nightly window is open. */
const START = '2026-10-01T14:00:00Z';

const FLEET = `
  INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at)
    VALUES ('iPhone15,2','iOS','26.6',26006000,'23U67','2026-07-27');
  INSERT INTO status_ingestion.device (tenant, device_id, serial_number, device_name, enrolled, generation, platform, product_name, os_version,
      os_version_key, is_supervised, time_zone, facts_at, updated_at)
    SELECT 'default', 'PHONE-' || n, 'F2L' || n, CASE WHEN n % 2 = 0 THEN 'Till ' || n ELSE 'Office ' || n END, true, 1, 'iOS', 'iPhone15,2',
           '18.1', 18001000, n <> 9, 'Europe/Zurich', '2026-10-01T13:00Z', now() FROM generate_series(1, 9) n;
  INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at, enrolled_at)
    SELECT tenant, device_id, 'device', 'enrolled', 'topic', '\\x00', 1, '{}', now(), now() FROM status_ingestion.device;
`;

/** The two services that answer, as an administrator asks them. */
describe('groups and answers', () => {
  let services: AskedServices;
  beforeAll(async () => {
    services = await AskedServices.start(START, FLEET);
  });
  afterAll(() => services?.stop());

  const call = (method: string, path: string, body?: unknown) => services.call(method, `/v1/${path}`, body);
  const get = async (path: string) => (await call('GET', path)).body;

  const tills = { any: [{ all: [{ fact: 'deviceName', operator: 'like', value: 'till *' }] }] };

  it('go from a rule that is tried to the verdict on a device', async () => {
    const tested = GroupTest.parse((await call('POST', 'groups/test', tills)).body);
    expect(tested).toMatchObject({ devices: 4, enrolled: 9 });
    expect(await get('groups')).toEqual({ items: [] });

    expect((await call('PUT', 'groups/tills', tills)).status).toBe(200);
    const members = DevicePage.parse(await get('groups/tills/devices?limit=3'));
    expect(members.items.map((one) => one.deviceId)).toEqual(['PHONE-2', 'PHONE-4', 'PHONE-6']);
    expect(DevicePage.parse(await get(`groups/tills/devices?cursor=${members.next}`)).items).toHaveLength(1);

    const spec = { name: 'shops', platforms: ['iOS'], assignment: { groups: ['tills'] } };
    const { policyId } = Policy.parse((await call('POST', 'policies', spec)).body);
    expect(GroupView.parse(await get('groups/tills')).usedBy).toEqual(['shops']);
    const refused = await call('DELETE', 'groups/tills');
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'group.in-use' } } });

    const policies = DevicePolicies.parse(await get('devices/PHONE-1/policies')).policies;
    expect(policies).toMatchObject([{ matches: false, because: 'not-in-groups', effective: false }]);
    expect(policies[0]?.text).toContain('"tills" wants deviceName like till * (it is Office 1)');

    expect(Why.parse(await get('devices/f2l2/why'))).toMatchObject({
      deviceId: 'PHONE-2',
      code: 'window-not-open',
      target: { version: '26.6' },
      policy: { name: 'shops', version: 1 },
      next: { at: '2026-10-02T00:00:00.000Z' },
    });
    const other = Why.parse(await get('devices/PHONE-1/why'));
    expect(other).toMatchObject({ code: 'no-policy', policy: null });
    expect(other.explanation).toContain('deviceName like till *');

    const forecast = PolicyForecast.parse(await get(`policies/${policyId}/forecast`));
    expect(forecast).toMatchObject({ devices: 4, fits: true, windows: [{ zone: 'Europe/Zurich', devices: 4 }] });
  });

  it('are told by facts at once: a device that is renamed changes its policy by itself', async () => {
    await services.database.admin.query({
      text: `UPDATE status_ingestion.device SET device_name = 'Till 1' WHERE device_id = 'PHONE-1'`,
    });
    expect(Why.parse(await get('devices/PHONE-1/why'))).toMatchObject({
      code: 'window-not-open',
      policy: { name: 'shops' },
    });
  });

  it('are told on the command line', async () => {
    const lamp = async (args: string[], input = ''): Promise<string> => {
      const { stdout, stderr } = await services.lamp(args, input);
      return stdout + stderr;
    };
    const offices = 'name: offices\nany: [{ all: [{ fact: deviceName, operator: notLike, value: "till *" }] }]';
    expect(await lamp(['group', 'test', '-f', '-'], offices)).toContain('4 devices of 9 that are enrolled\ndevice');
    expect(await lamp(['group', 'put', '-f', '-'], offices)).toBe('Group offices is stored (version 1).\n');
    expect(await lamp(['group', 'show', 'offices'])).toContain('deviceName notLike till *');
    expect(await lamp(['group', 'list'])).toMatch(/^tills +1 +1 +0 +0 .* shops$/m);
    expect(await lamp(['group', 'remove', 'tills'])).toContain('named by the policies "shops"');
    expect(await lamp(['device', 'policies', 'PHONE-2'])).toMatch(/^→ +shops v1 +100 +holds/m);
    expect(await lamp(['why', 'F2L2'])).toMatch(/^Waits for its window, which opens 2026-10-02 02:00 Europe\/Zurich\n/);
    expect(await lamp(['why', 'nobody'])).toContain('there is no device nobody');
    expect(await lamp(['policy', 'forecast', 'shops'])).toContain('shops: 5 devices would be sent an update');
  }, 120_000);

  it('name field, value and remedy of a rule that cannot be', async () => {
    const wrong = { any: [{ all: [{ fact: 'osVersion', operator: 'below', value: '15.x' }] }] };
    for (const [method, path] of [
      ['POST', 'groups/test'],
      ['PUT', 'groups/wrong'],
    ] as const) {
      const { status, body } = await call(method, path, wrong);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { code: 'input.invalid', fields: [{ path: 'any.0.all.0.value' }] } });
      expect(JSON.stringify(body)).toContain('give an OS version such as');
    }
    expect((await call('PUT', 'groups/tills', { ...tills, name: 'others' })).status).toBe(400);
    expect((await call('GET', 'groups/wrong')).status).toBe(404);
    expect((await call('GET', 'groups/wrong/devices')).status).toBe(404);
  });

  it('are kept in versions; an unchanged one makes none, and one that comes back goes on counting', async () => {
    const rule = (value: string) => ({ any: [{ all: [{ fact: 'osVersion', operator: 'below', value }] }] });
    const version = async (value: string) =>
      GroupView.parse((await call('PUT', 'groups/old', rule(value))).body).version;
    expect([await version('15'), await version('15'), await version('26')]).toEqual([1, 1, 2]);
    expect(await call('DELETE', 'groups/old')).toEqual({ status: 200, body: { name: 'old' } });
    expect((await call('DELETE', 'groups/old')).status).toBe(404);
    expect(await version('26')).toBe(4);
  });

  it('leave a trace of what was changed, and none of questions', async () => {
    const rows = await services.database.admin.query<{ action: string }>({
      text: 'SELECT DISTINCT action FROM admin_api.audit ORDER BY 1',
    });
    expect(rows.map((row) => row.action)).toEqual(['policy.put', 'resources.apply']);
  });
});
