import { enrollmentStoreSuite } from './enrollment-store.suite.ts';
import { FakeEnrollmentStore, FakeQueue } from './fake-stores.ts';
import { FakeDatabase } from './fixtures.ts';

enrollmentStoreSuite('the enrollment store in memory', async () => ({
  db: new FakeDatabase(),
  enrollments: new FakeEnrollmentStore(new FakeQueue()),
}));
