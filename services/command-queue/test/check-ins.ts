import { type CheckIn, type CheckInReply, sourceCertificateHash } from '@lamplighter/contracts';
import { AesSealer, type Database, Tracer } from '@lamplighter/runtime';
import { silentLog, TestClock } from '@lamplighter/testing';
import type { Config } from '../src/config.ts';
import type { CommandStore } from '../src/ports/commands.ts';
import type { EnrollmentStore } from '../src/ports/enrollments.ts';
import { TokenServices } from '../src/ports/enrollments.ts';
import { AcceptCheckIn } from '../src/steps/accept-check-in.ts';
import { AdmitDevice } from '../src/steps/admit-device.ts';
import { AnswerCheckIn } from '../src/steps/answer-check-in.ts';
import { BeginEnrollment } from '../src/steps/begin-enrollment.ts';
import { EndEnrollment } from '../src/steps/end-enrollment.ts';
import { KeepTokens } from '../src/steps/keep-tokens.ts';
import { StepTools } from '../src/steps/step-tools.ts';
import { FakeCommandStore } from './fake-command-store.ts';
import { FakeEnrollmentStore } from './fake-enrollment-store.ts';
import { FakeQueue } from './fake-queue.ts';
import { certificateOf, FakeDatabase, FakeOutbox, settings, START } from './fixtures.ts';

export const topic = 'com.apple.mgmt.External.test';
export const token = Buffer.from('push token').toString('base64');
export const authenticate: CheckIn['message'] = { type: 'Authenticate', topic, facts: { productName: 'iPad14,1' } };
export const tokenUpdate: CheckIn['message'] = { type: 'TokenUpdate', topic, token, pushMagic: 'magic' };
export const user: Partial<CheckIn> = {
  deviceId: 'a:user',
  kind: 'user',
  parentId: 'a',
  certificateHash: certificateOf('a'),
};
export const through = (source: string): Partial<CheckIn> => ({
  source,
  certificateHash: sourceCertificateHash('default', source),
});

class OneTokenService extends TokenServices {
  override offers(tenant: string, serviceType: string): boolean {
    return this.tokenFor(tenant, serviceType) !== undefined;
  }
  override tokenFor(tenant: string, serviceType: string): Buffer | undefined {
    return tenant === 'default' && serviceType === 'com.apple.maid' ? Buffer.from('a token') : undefined;
  }
}

export interface CheckInStores {
  db: Database;
  commands: CommandStore;
  enrollments: EnrollmentStore;
}

/** The check-in steps on fakes. */
export function checkIns(changed: Partial<Config> = {}) {
  const queue = new FakeQueue();
  const commands = new FakeCommandStore(queue);
  const enrollments = new FakeEnrollmentStore(queue);
  const row = (deviceId = 'a') => queue.enrollments.get(`default ${deviceId}`)!;
  return { ...checkInsOn({ db: new FakeDatabase(), commands, enrollments }, changed), queue, commands, row };
}

/** The check-in steps on any stores. */
export function checkInsOn({ db, commands, enrollments }: CheckInStores, changed: Partial<Config> = {}) {
  const config = { ...settings, ...changed };
  const outbox = new FakeOutbox();
  const sealer = new AesSealer(Buffer.alloc(32, 7));
  const end = new EndEnrollment(outbox, enrollments, commands);
  const tokens = new KeepTokens(outbox, enrollments, commands, sealer, new OneTokenService(), config);
  const tools = new StepTools(new TestClock(START), silentLog, new Tracer());
  const admit = new AdmitDevice(enrollments, tools, config);
  const answer = new AnswerCheckIn(enrollments, admit, new BeginEnrollment(enrollments, end, config), end, tokens);
  const step = new AcceptCheckIn(db, outbox, answer, tools);
  /** A check-in of device `a`, or what `of` makes of it. */
  const say = (message: CheckIn['message'], of: Partial<CheckIn> = {}): Promise<CheckInReply> => {
    const deviceId = of.deviceId ?? 'a';
    return step.run({
      tenant: 'default',
      deviceId,
      kind: 'device',
      certificateHash: certificateOf(deviceId),
      receivedAt: START.toISOString(),
      message,
      ...of,
    });
  };
  return { outbox, sealer, say };
}
