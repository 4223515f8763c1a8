import { commandStoreSuite } from './command-store.suite.ts';
import { FakeCommandStore, FakeEnrollmentStore, FakeQueue } from './fake-stores.ts';
import { FakeDatabase } from './fixtures.ts';

commandStoreSuite('the command store of the unit tests', async () => {
  const queue = new FakeQueue();
  return {
    db: new FakeDatabase(),
    commands: new FakeCommandStore(queue),
    enrollments: new FakeEnrollmentStore(queue),
  };
});
