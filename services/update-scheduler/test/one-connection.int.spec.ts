import { PgDatabase } from '@lamplighter/storage';
import { silentLog, testDatabase, type TestDatabase } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Night } from './night.ts';

describe('a scheduler with one connection to its database', () => {
  let database: TestDatabase;
  let one: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    one = new PgDatabase(database.urlOf('update_scheduler'), 1, silentLog);
  });
  afterAll(async () => {
    await one?.pool.end();
    await database?.close();
  });

  it('opens, plans, releases and closes: whoever holds the connection waits for no other', async () => {
    const night = await Night.begin({ ...database, as: () => one });
    await night.devices({ id: 'a' }, { id: 'b', platform: 'macOS', os: '15.1' }, { id: 'declared' });
    await night.declaring(true, 'declared');
    await night.policy({ rings: [{ name: 'all' }] });
    await night.start();
    expect(await night.states()).toEqual({ a: 'scanning', b: 'scanning', declared: 'commanded: waiting-for-its-time' });
    await night.predictFinish.run();
    night.minutes(24 * 60);
    await night.closeWindow.run();
    await night.endOverdue.run();
    expect((await night.occurrences())[0]!.state).toBe('closed');
  });
});
