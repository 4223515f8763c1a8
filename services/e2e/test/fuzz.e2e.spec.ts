import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  acknowledgedFixture,
  authenticateFixture,
  AVAILABLE_UPDATES,
  buildPlist,
  checkOutFixture,
  getBootstrapTokenFixture,
  idleFixture,
  notNowFixture,
  setBootstrapTokenFixture,
  tokenUpdateFixture,
  userTokenUpdateFixture,
} from '@lamplighter/apple';
import type { Device } from '@lamplighter/fleet-sim';
import { mutate, Random } from '@lamplighter/fuzz';
import { MDM_WORDS, PLIST_PIECES } from '../../../tools/fuzz/src/words.ts';
import { CHECK_IN, CONNECT, putAs, type Reply } from '../src/device-line.ts';
import { atRest } from '../src/content.ts';
import { factsKnown } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const MESSAGES = 800;
const AT_ONCE = 8;
const ESCROWED = Buffer.from('the bootstrap token of the other device');
const DECLARATIVE = 'DeclarativeManagement';

let world: World;
let device: Device;
let other: Device;
let waiting: string;
let before: string;
let pids: Record<string, number | undefined>;
let replies: Reply[];

/** One device says whatever it likes, half of it in the name of another, under its own identity. */
beforeAll(async () => {
  world = await startWorld({
    factor: 1,
    fleet: { devices: 2, seed: 'fuzz', mix: { clientCertificates: 0, behaviours: {} } },
  });
  await factsKnown(world);
  [device, other] = [...world.fleet.devices()] as [Device, Device];
  const escrow = setBootstrapTokenFixture(other.udid, { BootstrapToken: ESCROWED });
  expect(await putAs(world, other, CHECK_IN, escrow)).toEqual({ status: 200, body: '' });
  // What is known of the other device must not change by what it said itself.
  await atRest(world);
  // It says NotNow to all of the simulated device's own visits: here it only has to wait.
  await world.fleet.stop();
  waiting = await commandFor(other);
  before = await stateOf(other);
  pids = processIds();
  replies = await sendChanged(corpusOf(device).concat(corpusOf(other)));
}, 240_000);
afterAll(() => world?.stop());

describe('a device that sends broken and hostile messages', () => {
  it('is read or refused, never told to leave, and brings nothing down', () => {
    const byStatus = Object.groupBy(replies, ({ status }) => String(status));
    expect(replies).toHaveLength(MESSAGES);
    expect(
      Object.keys(byStatus).filter((status) => !['200', '400', '403', '404', '410', '413'].includes(status)),
    ).toEqual([]);
    expect(byStatus['200']!.length).toBeGreaterThan(10);
    expect(byStatus['403']!.length).toBeGreaterThan(10);
    expect(processIds()).toEqual(pids);
  });

  it('reads nothing of another device', () => {
    const secrets = [waiting, ESCROWED.toString('base64'), ESCROWED.toString()];
    expect(replies.filter(({ body }) => secrets.some((secret) => body.includes(secret)))).toEqual([]);
  });

  it('changes nothing of another device', async () => {
    expect(await stateOf(other)).toBe(before);
    const { body } = await putAs(world, other, CHECK_IN, getBootstrapTokenFixture(other.udid));
    expect(body).toContain(ESCROWED.toString('base64'));
    expect((await putAs(world, other, CONNECT, idleFixture(other.udid))).body).toContain(waiting);
  });
});

function corpusOf({ udid }: Device): Buffer[] {
  const topic = { Topic: world.fleet.pki.topic };
  return [
    // It may well leave by what it says, and come back.
    authenticateFixture(udid, topic),
    idleFixture(udid),
    acknowledgedFixture(waiting, udid, { ...AVAILABLE_UPDATES }),
    notNowFixture(waiting, udid),
    tokenUpdateFixture(udid, topic),
    userTokenUpdateFixture(udid, topic),
    checkOutFixture(udid, topic),
    setBootstrapTokenFixture(udid),
    getBootstrapTokenFixture(udid),
    Buffer.from(buildPlist({ MessageType: DECLARATIVE, UDID: udid, Endpoint: 'declaration-items' })),
    Buffer.from(buildPlist({ MessageType: DECLARATIVE, UDID: udid, Endpoint: 'status', Data: Buffer.from('{}') })),
  ];
}

async function sendChanged(corpus: Buffer[]): Promise<Reply[]> {
  const random = new Random(20_261_122);
  const words = [...MDM_WORDS, device.udid, other.udid].map((word) => Buffer.from(word, 'latin1'));
  const bodies = Array.from({ length: MESSAGES }, (_, n) =>
    n < corpus.length ? corpus[n]! : mutate(random.of(corpus), random, { corpus, words, pieces: PLIST_PIECES }),
  );
  const answers: Reply[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = bodies[next++]!;
      answers.push(await putAs(world, device, body.includes('MessageType') ? CHECK_IN : CONNECT, body));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return answers;
}

/** A command that waits for a device; its CommandUUID. */
async function commandFor({ udid }: Device): Promise<string> {
  const answer = await world.api.send('POST', `/v1/devices/${udid}/commands`, {
    command: { RequestType: 'DeviceInformation', Queries: ['OSVersion'] },
  });
  expect(answer.status).toBeLessThan(300);
  return (answer.body as { commandId: string }).commandId;
}

/** Everything that is kept of a device, but when it was seen and when it is to be looked at. */
async function stateOf({ udid }: Device): Promise<string> {
  const { rows } = await world.database.query<{ state: string }>(
    `SELECT jsonb_build_object(
        'enrollment', (SELECT jsonb_agg(to_jsonb(e) - 'last_seen_at') FROM command_queue.enrollment e WHERE device_id LIKE $1 || '%'),
        'commands', (SELECT jsonb_agg(to_jsonb(c) - '{due_at,push_count}'::text[]) FROM command_queue.command c WHERE device_id = $1),
        'facts', (SELECT jsonb_agg(to_jsonb(d)) FROM status_ingestion.device d WHERE device_id LIKE $1 || '%'))::text AS state`,
    [udid],
  );
  return rows[0]!.state;
}

function processIds(): Record<string, number | undefined> {
  return Object.fromEntries([...world.product.processes].map(([name, one]) => [name, one.identity?.pid]));
}
