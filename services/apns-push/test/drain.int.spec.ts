import { pushRepeat } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newPushCertificate } from './push-pki.ts';
import { PushWorld } from './push-world.ts';

let world: PushWorld;

beforeAll(async () => {
  world = await PushWorld.open({ LAMP_PUSHES_PER_SECOND: '20' });
  await world.upload(await newPushCertificate(world.ca));
});
afterAll(() => world?.close());

it('a process that ends leaves what waits for the budget to another, and neither waits nor loses any', async () => {
  const ids = Array.from({ length: 300 }, (_, n) => `drain-${n}`);
  for (const id of ids) await world.enroll(id);
  await world.ask(pushRepeat, ids);
  await waitFor('some to be pushed', () => world.sentPaths('drain') > 5);
  await world.stopAll();
  // 300 of them at 20 a second: it did not stay for them.
  expect(world.sentPaths('drain')).toBeLessThan(250);
  await world.start({ LAMP_PUSHES_PER_SECOND: '5000' });
  for (const id of ids) expect(await world.outcomeOf(id)).toMatchObject({ outcome: 'accepted' });
});
