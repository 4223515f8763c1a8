import { type TestDatabase, testDatabase } from '@lamplighter/testing';

describe('PgDatabase', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it('fails a transaction whose connection is lost between two statements, and goes on with the next one', async () => {
    const own = database.as('update_scheduler');
    const work = own.transaction(async (tx) => {
      const [backend] = await tx.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
      await database.admin.query({ text: 'SELECT pg_terminate_backend($1, 5000)' }, [backend!.pid]);
      // The connection's end is seen before the next statement is sent.
      await new Promise((resolve) => setImmediate(resolve));
      await tx.query({ text: 'SELECT 1' });
    });
    await expect(work).rejects.toThrow(/terminat|connection error/);
    expect(await own.query({ text: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
  });
});
