import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@lamplighter/runtime';
import type { EnrollmentStore, NewEnrollment } from '../src/ports/enrollments.ts';
import { certificateOf, enrollment, minutes, START } from './fixtures.ts';

export interface EnrollmentStores {
  db: Database;
  enrollments: EnrollmentStore;
}

const a = { tenant: 'default', deviceId: 'a' };
const tokens = { topic: 'com.apple.mgmt.renewed', pushAddress: Buffer.from('address'), unlockToken: Buffer.from('u') };

/** What both enrollment stores promise. `fresh` gives empty ones. */
export function enrollmentStoreSuite(name: string, fresh: () => Promise<EnrollmentStores>): void {
  describe(name, () => {
    let db: Database;
    let enrollments: EnrollmentStore;
    const begin = (...news: NewEnrollment[]) =>
      db.transaction(async (tx) => {
        for (const each of news) await enrollments.begin(tx, each);
      });
    const read = (deviceId = 'a') => db.transaction((tx) => enrollments.lock(tx, 'default', deviceId));
    const user: NewEnrollment = {
      ...enrollment('a:u'),
      kind: 'user',
      parentId: 'a',
      certificateHash: certificateOf('a'),
    };

    beforeEach(async () => {
      ({ db, enrollments } = await fresh());
      await begin(enrollment('a'), user, enrollment('b'));
    });

    it('counts TokenUpdates, and from the next Authenticate on anew', async () => {
      await db.transaction((tx) => enrollments.setTokens(tx, a, tokens, START));
      await db.transaction((tx) => enrollments.setTokens(tx, a, tokens, minutes(1)));
      expect(await read()).toMatchObject({
        status: 'enrolled',
        tokenUpdateTally: 2,
        reachable: true,
        topic: tokens.topic,
      });
      await begin({ ...enrollment('a'), generation: 2, source: 'nano' });
      expect(await read()).toMatchObject({ tokenUpdateTally: 0, generation: 2, source: 'nano', reachable: false });
    });

    it('moves the pin of a device with that of its user channels, and of nothing else', async () => {
      const other = {
        ...enrollment('a:gone'),
        kind: 'user' as const,
        parentId: 'a',
        certificateHash: certificateOf('a'),
      };
      const elsewhere = { ...enrollment('a', 'other'), certificateHash: certificateOf('a') };
      await begin(other, elsewhere);
      await db.transaction((tx) => enrollments.leave(tx, 'default', ['a:gone'], START));
      const renewed = certificateOf('a', 1);
      await db.transaction((tx) => enrollments.movePin(tx, a, renewed));
      const pins = await db.transaction(async (tx) => {
        const found = [];
        for (const id of ['a', 'a:u', 'a:gone', 'b']) found.push(await enrollments.lock(tx, 'default', id));
        return [...found, await enrollments.lock(tx, 'other', 'a')].map((each) => each?.certificateHash);
      });
      expect(pins).toEqual([renewed, renewed, certificateOf('a'), certificateOf('b'), certificateOf('a')]);
    });

    it('knows whom a certificate belongs to: to a device and its own user channels, for good', async () => {
      const isPinned = (deviceId: string, hash: string) =>
        db.transaction((tx) => enrollments.isPinnedElsewhere(tx, 'default', deviceId, hash));
      expect(await isPinned('a', certificateOf('a'))).toBe(false);
      expect(await isPinned('b', certificateOf('a'))).toBe(true);
      await db.transaction((tx) => enrollments.leave(tx, 'default', ['a', 'a:u'], START));
      expect(await isPinned('b', certificateOf('a'))).toBe(true);
      expect(await isPinned('a', certificateOf('a'))).toBe(false);
    });

    it('gives so many tokens at once, and as many an hour after that; each enrollment its own', async () => {
      const take = (at: Date, deviceId = 'a') =>
        db.transaction((tx) => enrollments.takeToken(tx, { tenant: 'default', deviceId }, 3, at));
      const taken = [];
      for (const minute of [0, 0, 0, 0, 19, 20, 20, 60]) taken.push(await take(minutes(minute)));
      expect(taken).toEqual([true, true, true, false, false, true, false, true]);
      expect([await take(minutes(20), 'a:u'), await take(minutes(20), 'b')]).toEqual([true, true]);
    });
  });
}
