import { commandStoreSuite } from './command-store.suite.ts';
import { FakeCommandStore } from './fake-command-store.ts';
import { FakeEnrollmentStore } from './fake-enrollment-store.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeDatabase } from './fixtures.ts';

commandStoreSuite('the command store of the unit tests', async () => {
  const queue = new FakeQueue();
  return {
    db: new FakeDatabase(),
    commands: new FakeCommandStore(queue),
    enrollments: new FakeEnrollmentStore(queue),
  };
});
