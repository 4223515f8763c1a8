import { enrollmentStoreSuite } from './enrollment-store.suite.ts';
import { FakeEnrollmentStore } from './fake-enrollment-store.ts';
import { FakeQueue } from './fake-queue.ts';
import { FakeDatabase } from './fixtures.ts';

enrollmentStoreSuite('the enrollment store in memory', async () => ({
  db: new FakeDatabase(),
  enrollments: new FakeEnrollmentStore(new FakeQueue()),
}));
