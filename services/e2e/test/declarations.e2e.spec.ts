import { declarationAssign, declarationWithdraw, message } from '@lamplighter/contracts';
import type { ItemOf, MessageDefinition, NewDeclaration } from '@lamplighter/contracts';
import type { Device } from '@lamplighter/fleet-sim';
import { type Broker, connectBroker, JetStreamPublisher, PublishWindow } from '@lamplighter/messaging';
import { silentLog, waitFor } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../src/world.ts';

const PREFIX = 'lamp';
const HOUR = 3_600_000;
const PATIENCE = 60_000;
let world: World;
let broker: Broker;
let mac: Device;
let other: Device;

beforeAll(async () => {
  world = await startWorld({
    factor: 600,
    fleet: {
      devices: 2,
      seed: 'declarations',
      mix: {
        platforms: { macOS: 1 },
        zones: { 'America/New_York': 1 },
        behaviours: {},
        userChannels: 1,
        startVersions: { macOS: [{ version: '15.5', build: '24F74' }] },
        settings: { wakeMs: [500, 2000], enforcedDownloadMs: [60_000, 120_000], bandwidthMbit: [250, 300] },
      },
    },
  });
  [mac, other] = [...world.fleet.devices()] as [Device, Device];
  broker = await connectBroker({
    url: world.product.urls.nats,
    prefix: PREFIX,
    service: 'test',
    log: silentLog,
    replicas: 1,
    maxBytes: 67_108_864,
  });
}, 150_000);
afterAll(async () => {
  await broker?.close();
  await world?.stop();
});

async function send<D extends MessageDefinition>(definition: D, item: ItemOf<D>): Promise<void> {
  const id = randomUUID();
  const head = { id, tenant: 'default', at: new Date(world.clock.now()) };
  const publisher = new JetStreamPublisher(new PublishWindow(broker), PREFIX);
  await publisher.publish(definition, message(definition, head, [item] as never[]) as never, id);
}

interface Facts {
  install_state: string | null;
  pending_version: string | null;
  supports_enforcement: boolean | null;
  ddm_enabled: boolean;
  os_version: string;
  declarations: { identifier: string; active: boolean; valid: string; reasons: { code: string }[] }[] | null;
}

async function factsOf(deviceId: string): Promise<Facts | undefined> {
  const text = `SELECT r.*, d.os_version FROM status_ingestion.device_ddm_v1 r
                  LEFT JOIN status_ingestion.device_v1 d USING (tenant, device_id) WHERE r.device_id = $1`;
  return (await world.database.query<Facts>(text, [deviceId])).rows[0];
}

/** `device`: or the id of a user channel. */
const factsWhen = (what: string, device: Device | string, test: (facts: Facts) => boolean): Promise<Facts> =>
  waitFor(
    what,
    async () => {
      const facts = await factsOf(typeof device === 'string' ? device : device.udid);
      return facts && test(facts) ? facts : undefined;
    },
    PATIENCE,
  );

/** What a device has, beside the status subscriptions that it gets by itself. */
const held = (device: Device): string[] =>
  (device.ddm?.declarations ?? []).map(({ identifier }) => identifier).filter((one) => one.startsWith('spec.'));
const isListed = (facts: Facts, identifier: string): boolean =>
  facts.declarations?.some((one) => one.identifier === identifier) ?? false;

const enforcement = (version: string, atMs: number): NewDeclaration[] => [
  {
    identifier: 'spec.enforce',
    type: 'com.apple.configuration.softwareupdate.enforcement.specific',
    // New York is four hours behind in October.
    payload: { TargetOSVersion: version, TargetLocalDateTime: new Date(atMs - 4 * HOUR).toISOString().slice(0, 19) },
  },
  {
    identifier: 'spec.activate',
    type: 'com.apple.activation.simple',
    payload: {
      StandardConfigurations: ['spec.enforce'],
      Predicate: "@status(device.operating-system.version) >= '15.0'",
    },
  },
];
const inHours = (hours: number): number => world.clock.now() + hours * HOUR;

describe('a Mac that is enrolled at the gateway', () => {
  it('subscribes by itself, and its capabilities become known', async () => {
    const facts = await factsWhen('its first report', mac, (one) => one.install_state !== null);
    expect(facts).toMatchObject({
      ddm_enabled: true,
      supports_enforcement: true,
      install_state: 'none',
      os_version: '15.5',
    });
  });

  it('gets what is assigned to it, puts it into effect and says so; a withdrawal makes it drop it', async () => {
    await send(declarationAssign, {
      cause: 'spec',
      declarations: enforcement('15.7.9', inHours(1000)),
      devices: [mac.udid],
    });
    const active = await factsWhen('the update to be prepared', mac, (one) => one.install_state === 'prepared');
    expect(active.pending_version).toBe('15.7.9');
    expect(active.declarations!.find(({ identifier }) => identifier === 'spec.enforce')).toMatchObject({
      active: true,
      valid: 'valid',
      reasons: [],
    });
    expect(held(mac)).toEqual(['spec.activate', 'spec.enforce']);
    expect(held(other)).toEqual([]);
    await send(declarationWithdraw, { cause: 'spec' });
    const gone = await factsWhen('the update to be forgotten', mac, (one) => one.install_state === 'none');
    expect(isListed(gone, 'spec.enforce')).toBe(false);
    expect(gone.pending_version).toBeNull();
    expect(held(mac)).toEqual([]);
    expect(mac).toMatchObject({ version: '15.5', update: undefined });
  });

  it('installs at the local time that a declaration names, and every state is in its history', async () => {
    await send(declarationAssign, {
      cause: 'spec',
      declarations: enforcement('15.7.9', inHours(2)),
      devices: [other.udid],
    });
    // What the device went through is told in turn, also what it has left behind when it is told.
    const isDone = (one: Facts) => one.os_version === '15.7.9' && one.install_state === 'none';
    const done = await factsWhen('the new version', other, isDone);
    expect(done.pending_version).toBeNull();
    const text = `SELECT observation->>'installState' AS state FROM status_ingestion.report
                   WHERE device_id = $1 AND observation->>'kind' = 'declared-status' ORDER BY at`;
    const states = (await world.database.query<{ state: string }>(text, [other.udid])).rows.map(({ state }) => state);
    const passed = states.filter((state, index) => state !== null && state !== states[index - 1]);
    expect(passed).toEqual(['none', 'waiting', 'downloading', 'prepared', 'installing', 'none']);
    expect(other.scheduled).toEqual([]);
  });

  it('says of an update that is not newer than its OS that it cannot be applied', async () => {
    await send(declarationAssign, {
      cause: 'spec',
      declarations: enforcement('15.5', inHours(2)),
      devices: [mac.udid],
    });
    const facts = await factsWhen('the declaration to be refused', mac, (one) => isListed(one, 'spec.enforce'));
    expect(facts.declarations!.find(({ identifier }) => identifier === 'spec.enforce')).toMatchObject({
      valid: 'invalid',
      reasons: [{ code: 'Error.ConfigurationCannotBeApplied' }],
    });
    expect(facts.install_state).toBe('none');
  });

  it('gives its user what is assigned to the user, and the device nothing of it', async () => {
    const text = 'SELECT device_id FROM command_queue.enrollment_v1 WHERE parent_id = $1';
    const { rows } = await world.database.query<{ device_id: string }>(text, [mac.udid]);
    const user = rows[0]!.device_id;
    const test = {
      identifier: 'spec.test',
      type: 'com.apple.configuration.management.test',
      payload: { Echo: 'hello' },
    };
    const activation = {
      identifier: 'spec.test.activation',
      type: 'com.apple.activation.simple',
      payload: { StandardConfigurations: ['spec.test'] },
    };
    await send(declarationAssign, { cause: 'spec-user', declarations: [test, activation], devices: [user] });
    const { declarations } = await factsWhen('the user to report', user, (one) => isListed(one, 'spec.test'));
    expect(declarations!.map(({ identifier, active }) => [identifier, active]).toSorted()).toEqual([
      ['spec.test', true],
      ['spec.test.activation', true],
    ]);
    expect(held(mac)).not.toContain('spec.test');
  });

  it('has the sets of its group for as long as its facts match', async () => {
    const { admin } = world.product.urls;
    const put = async (path: string, body?: unknown): Promise<void> => {
      const headers = { authorization: `Bearer ${world.product.token}`, 'content-type': 'application/json' };
      const answer = await fetch(new URL(path, admin), {
        method: 'PUT',
        headers,
        ...(body === undefined ? { body: '{}' } : { body: JSON.stringify(body) }),
      });
      expect([path, answer.ok, answer.ok ? '' : await answer.text()]).toEqual([path, true, '']);
    };
    const group = (osVersion: string) =>
      put('/v1/groups/updated', {
        any: [{ all: [{ fact: 'osVersion', operator: 'atLeast', value: osVersion }] }],
        devices: [],
        excludedDevices: [],
      });
    await put('/v1/declarations', {
      Identifier: 'spec.group',
      Type: 'com.apple.configuration.management.test',
      Payload: { Echo: 'group' },
    });
    await put('/v1/set-declarations/of-group?declaration=spec.group');
    await group('15.7');
    await put('/v1/group-sets/updated?set=of-group');
    const has = (device: Device) =>
      waitFor('the set', () => Promise.resolve(held(device).includes('spec.group') || undefined), PATIENCE);
    // It has installed 15.7.9 by now.
    await has(other);
    expect(held(mac)).not.toContain('spec.group');
    await group('16');
    await waitFor(
      'the set to be gone',
      () => Promise.resolve(!held(other).includes('spec.group') || undefined),
      PATIENCE,
    );
    await group('15');
    await has(mac);
    await has(other);
  });
});
