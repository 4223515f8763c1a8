import { pushNow, pushRepeat, pushRequest } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newPushCertificate } from './push-pki.ts';
import { LATER, PushWorld } from './push-world.ts';

let world: PushWorld;

beforeAll(async () => {
  world = await PushWorld.open({ LAMP_PUSHES_PER_SECOND: '200', LAMP_PUSH_SPACING_SECONDS: '3' });
  await world.upload(await newPushCertificate(world.ca));
});
beforeEach(() => {
  world.apns.script = (push) => push.answer(200);
});
afterAll(() => world?.close());

async function now(deviceIds: string[], expiresAt = LATER) {
  const reply = await world.requester.request(pushNow, { tenant: 'default', deviceIds, expiresAt });
  if ('error' in reply) throw new Error(reply.error.code);
  return reply.ok.results;
}

/** Counts the milliseconds in which a busy machine let nothing run here; call what it returns for the sum. */
function heldUp(): () => number {
  let [at, sum] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - at > 100) sum += now - at;
    at = now;
  }, 20);
  return () => {
    clearInterval(timer);
    return sum;
  };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
}

describe('push.now', () => {
  it('answers for each id in their order, pushes once to each device, and says the same to all', async () => {
    const gone = await world.enroll('now-gone');
    const path = await world.enroll('now-1');
    world.apns.script = (push) =>
      push.headers[':path'] === gone ? push.answer(410, { reason: 'Unregistered' }) : push.answer(200);
    const results = await now(['now-1', 'nobody', 'now-gone', 'now-1']);
    expect(results).toEqual([
      { deviceId: 'now-1', outcome: 'accepted', apnsId: expect.any(String) },
      { deviceId: 'nobody', outcome: 'no-address' },
      { deviceId: 'now-gone', outcome: 'gone', reason: 'Unregistered', apnsId: expect.any(String) },
      { deviceId: 'now-1', outcome: 'accepted', apnsId: results[0]!.apnsId },
    ]);
    expect(world.pushesTo(path)).toBe(1);
    expect(await world.outcomeOf('now-1')).toMatchObject({ outcome: 'accepted', apnsId: results[0]!.apnsId });
  });

  it('pushes each time, however often it is asked', async () => {
    const path = await world.enroll('now-again');
    await now(['now-again']);
    await now(['now-again']);
    expect(world.pushesTo(path)).toBe(2);
  });

  it('with the epoch as its expiry makes one attempt, of which APNs keeps nothing', async () => {
    const path = await world.enroll('now-once');
    expect(await now(['now-once'], '1970-01-01T00:00:00.000Z')).toMatchObject([{ outcome: 'accepted' }]);
    expect(world.apns.received.find((one) => one.headers[':path'] === path)?.headers['apns-expiration']).toBe('0');
    await world.enroll('now-late');
    expect(await now(['now-late'], '2020-01-01T00:00:00.000Z')).toMatchObject([{ outcome: 'expired' }]);
  });

  it('answers in time, whatever APNs and the budget do', async () => {
    await world.enroll('now-slow');
    world.apns.script = () => {};
    expect(await now(['now-slow'])).toMatchObject([{ outcome: 'failed', reason: 'Timeout' }]);
    const many = names('now-many', 1000);
    await Promise.all(many.map((id) => world.enroll(id)));
    world.apns.script = (push) => push.answer(200);
    const lost = heldUp();
    const outcomes = (await now(many)).map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`.trim());
    // 200 a second for the 3 seconds in which an answer still comes in time.
    const accepted = outcomes.filter((one) => one === 'accepted').length;
    expect(accepted).toBeGreaterThan(400 - 0.2 * lost());
    expect(outcomes.filter((one) => one === 'failed Busy')).toHaveLength(1000 - accepted);
  });
});

describe('thousands of devices that do not come', () => {
  it('keep neither a first push nor push.now waiting', async () => {
    const away = names('away', 3000);
    for (const id of away) await world.enroll(id);
    for (let n = 0; n < 3000; n += 1000) await world.ask(pushRepeat, away.slice(n, n + 1000));
    await waitFor('the first of them to be pushed', () => world.sentPaths('away') > 20);
    const here = names('here', 60);
    for (const id of here) await world.enroll(id);
    await world.ask(pushRequest, here);
    expect((await now(['here-0'])).map(({ outcome }) => outcome)).toEqual(['accepted']);
    for (const id of here) expect(await world.outcomeOf(id)).toMatchObject({ outcome: 'accepted' });
    // 3,000 of them at 200 a second: most still wait.
    expect(world.sentPaths('away')).toBeLessThan(2500);
  });
});

describe('requests that come one after another', () => {
  it('for one device become one push more, and none of them is lost', async () => {
    const path = await world.enroll('often');
    await world.ask(pushRequest, ['often']);
    await waitFor('the first push', () => world.pushesTo(path) === 1);
    // Each is for a command that was not there when the first push left.
    for (let n = 0; n < 5; n += 1) await world.ask(pushRequest, ['often']);
    await waitFor('the second push', () => world.pushesTo(path) === 2);
    await world.enroll('after-often');
    await world.ask(pushRequest, ['after-often']);
    await world.outcomeOf('after-often');
    expect(world.pushesTo(path)).toBe(2);
  });

  it('are each pushed where the one before was not accepted', async () => {
    const path = await world.enroll('unlucky');
    world.apns.script = (push) => push.answer(400, { reason: 'PayloadEmpty' });
    await world.ask(pushRequest, ['unlucky']);
    await waitFor('its outcome', () => world.sent.some((one) => one.deviceId === 'unlucky'));
    world.apns.script = (push) => push.answer(200);
    await world.ask(pushRequest, ['unlucky']);
    await waitFor('the second push', () => world.pushesTo(path) === 2);
  });
});
