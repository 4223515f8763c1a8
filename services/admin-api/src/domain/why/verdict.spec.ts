import type { CommandItem, Finding, FindingKind, Outlook, Waiting } from '@lamplighter/contracts';
import { evidenceOf } from './evidence.ts';
import type { Known, KnownUpdate } from './known.ts';
import { verdictOf } from './verdict.ts';
import { whyOf } from './why.ts';

const at = (text: string) => new Date(`2026-11-22T${text}:00Z`);
const COMMAND = '6f1c1f5e-0000-8000-8000-000000000005';

const outlook = (more: Partial<Outlook> = {}): Outlook => ({
  policyId: 'p',
  policyName: 'nightly',
  policyVersion: 3,
  rolloutId: 'r',
  heldBy: null,
  emergency: false,
  reason: null,
  target: { version: '26.6', build: '23U67' },
  ring: null,
  deadlineAt: null,
  window: {
    window: '#1',
    zone: 'Europe/Zurich',
    localDate: '2026-11-23',
    opensAt: '2026-11-23T01:00:00.000Z',
    stopsAt: '2026-11-23T04:30:00.000Z',
    closesAt: '2026-11-23T05:00:00.000Z',
    isOpen: false,
  },
  ...more,
});

const update = (more: Partial<KnownUpdate>): KnownUpdate => ({
  rolloutId: 'r',
  policyName: 'nightly',
  policyVersion: 3,
  state: 'planned',
  reason: null,
  fromVersion: '18.1',
  targetVersion: '26.6',
  targetBuild: '23U67',
  commandId: null,
  commandedAt: null,
  updatedAt: at('02:00'),
  stopsAt: at('05:00'),
  releaseAt: null,
  releasedAt: null,
  detail: null,
  ...more,
});

const command = (reason: Waiting['reason'], nextLookAt: string | null = null): CommandItem => ({
  commandId: COMMAND,
  requestType: 'ScheduleOSUpdate',
  cause: 'r',
  lane: 'update',
  state: 'queued',
  createdAt: '2026-11-22T02:00:00.000Z',
  notBefore: null,
  expiresAt: '2026-11-22T05:00:00.000Z',
  pushCount: 1,
  sentAt: null,
  sentCount: 0,
  firstNotNowAt: null,
  notNowCount: 0,
  finishedAt: null,
  handedTo: null,
  detail: null,
  traceId: null,
  waiting: { reason, detail: 'in its own words', since: '2026-11-22T02:00:00.000Z', nextLookAt },
});

const finding = (kind: FindingKind): Finding => ({
  deviceId: 'phone',
  kind,
  since: '2026-11-22T01:00:00.000Z',
  foundAt: '2026-11-22T01:00:00.000Z',
  checkedAt: '2026-11-22T01:00:00.000Z',
  clearedAt: null,
  text: 'In the words of the watchdog.',
  evidence: {},
  steps: [],
});

const known = (more: Partial<Known> = {}): Known => ({
  now: at('03:00'),
  device: {
    deviceId: 'phone',
    serialNumber: 'F2L',
    enrolled: true,
    platform: 'iOS',
    osVersion: '18.1',
    buildVersion: '22B83',
    supervised: true,
    factsAt: at('01:00'),
    lastAnswerAt: at('01:00'),
  },
  enrollment: {
    status: 'enrolled',
    enrolledAt: at('00:00'),
    leftAt: null,
    lastSeenAt: at('01:00'),
    goneAt: null,
    lacksBootstrapToken: false,
  },
  scheduled: { policies: [], outlook: outlook() },
  updates: [],
  pending: [],
  lastPush: undefined,
  reports: [],
  agent: undefined,
  findings: [],
  ...more,
});
const ahead = (more: Partial<Outlook>) => ({ scheduled: { policies: [], outlook: outlook(more) } });
const open = {
  ...outlook().window!,
  opensAt: '2026-11-22T01:00:00.000Z',
  isOpen: true,
  thenOpensAt: '2026-11-23T01:00:00.000Z',
};

describe('the verdict on a device', () => {
  it.each<[string, Partial<Known>]>([
    [
      'left-management',
      {
        enrollment: { ...known().enrollment!, status: 'left', leftAt: at('02:00') },
        updates: [update({ state: 'failed', reason: 'stalled' })],
      },
    ],
    ['not-enrolled', { enrollment: { ...known().enrollment!, status: 'authenticated' } }],
    ['already-at-target', { ...ahead({ reason: 'already-at-target' }), updates: [update({ state: 'downloading' })] }],
    ['certificate-expired', { findings: [finding('certificate-expired')], updates: [update({ state: 'commanded' })] }],
    ['certificate-missing', { findings: [finding('certificate-missing')], updates: [update({ state: 'commanded' })] }],
    ['no-policy', { scheduled: { policies: [], outlook: null } }],
    [
      'policy-paused',
      { ...ahead({ heldBy: 'policy-paused' }), updates: [update({ state: 'waiting', reason: 'window-closed' })] },
    ],
    ['planned', { ...ahead({ window: open }), updates: [update({ releaseAt: at('03:10') })] }],
    ['bootstrap-token-missing', { enrollment: { ...known().enrollment!, lacksBootstrapToken: true } }],
    [
      'bootstrap-token-missing',
      {
        ...ahead({ window: open }),
        enrollment: { ...known().enrollment!, lacksBootstrapToken: true },
        updates: [update({ releaseAt: at('03:10') })],
      },
    ],
    ['superseded', { updates: [update({ state: 'superseded', reason: 'superseded' })] }],
    ['ring-not-reached', ahead({ reason: 'ring-not-reached' })],
    [
      'not-supervised',
      { ...ahead({ reason: 'not-supervised' }), updates: [update({ state: 'failed', reason: 'stalled' })] },
    ],
    ['insufficient-space', { updates: [update({ state: 'failed', reason: 'insufficient-space' })] }],
    ['window-closed', { updates: [update({ state: 'waiting', reason: 'window-closed' })] }],
    [
      'requires-automated-enrollment',
      {
        updates: [
          update({
            state: 'not-eligible',
            reason: 'requires-automated-enrollment',
            releaseAt: at('02:00'),
            commandId: COMMAND,
          }),
        ],
      },
    ],
    ['download-only', { updates: [update({ state: 'downloaded', reason: 'download-only' })] }],
    ['window-not-open', {}],
    ['window-open', ahead({ window: open })],
    ['no-window', ahead({ window: null })],
    ['unknown', { scheduled: undefined }],
    ['downloading', { updates: [update({ state: 'downloading' })] }],
    ['waiting-for-power', { updates: [update({ state: 'commanded', reason: 'waiting-for-power' })] }],
    // What a pause does not stop.
    ['installing', { ...ahead({ heldBy: 'rollout-paused' }), updates: [update({ state: 'installing' })] }],
  ])('is %s', (code, more) => {
    const { verdict, explanation, action, next, ...rest } = verdictOf(known(more));
    expect(rest.code).toBe(code);
    for (const text of [verdict, explanation, action, next.text]) expect(text).toMatch(/^\S.*\S$/);
    expect(verdict).not.toMatch(/undefined|null|\.$/);
  });

  it.each<[Waiting['reason'], string]>([
    ['not-now', 'not-now'],
    ['not-come', 'not-come'],
    ['unreachable', 'unreachable'],
    ['no-push-certificate', 'no-push-certificate'],
    ['in-hand', 'in-hand'],
    ['not-before', 'available'],
  ])('of a command that waits for %s is %s, in the words of the queue', (reason, code) => {
    const pending = [command(reason, '2026-11-22T03:05:00.000Z')];
    const verdict = verdictOf(known({ pending, updates: [update({ state: 'available', commandId: COMMAND })] }));
    expect(verdict).toMatchObject({ code, next: { at: '2026-11-22T03:05:00.000Z' } });
    expect(verdict.explanation).toContain('ScheduleOSUpdate: in its own words.');
  });

  it('of a device that the last plan left out, and the next would not, is what that plan makes of it', () => {
    const updates = [update({ state: 'not-eligible', reason: 'facts-missing' })];
    expect(verdictOf(known({ updates }))).toMatchObject({
      code: 'window-not-open',
      explanation: expect.stringContaining('In the last plan it took no part: not enough is known of the device.'),
    });
    expect(verdictOf(known({ updates, scheduled: undefined })).code).toBe('facts-missing');
  });

  it('of a device whose facts are missing is why it has not told them', () => {
    const missing = ahead({ reason: 'facts-missing' });
    expect(verdictOf(known(missing)).code).toBe('facts-missing');
    const pending = [command('behind'), command('not-come')];
    expect(verdictOf(known({ ...missing, pending }))).toMatchObject({
      code: 'not-come',
      explanation: expect.stringContaining('no target can be chosen'),
      next: { text: 'It is judged anew as soon as its facts change.', at: null },
    });
    expect(verdictOf(known({ ...missing, pending, findings: [finding('mdm-client-stuck')] })).code).toBe(
      'mdm-client-stuck',
    );
  });

  it('says how a hold is lifted, with the name of what is held', () => {
    expect(verdictOf(known(ahead({ heldBy: 'policy-paused' }))).action).toContain('"lamp policy resume \'nightly\'"');
    expect(verdictOf(known(ahead({ heldBy: 'tenant-paused' }))).action).toContain('"lamp tenant resume"');
  });

  it('names the local time at which the window opens, and the blackout that keeps it shut', () => {
    const window = { ...outlook().window!, blackout: { from: '2026-11-20', to: '2026-11-22' } };
    const verdict = verdictOf(known(ahead({ window })));
    expect(verdict.verdict).toBe('Waits for its window, which opens 2026-11-23 02:00 Europe/Zurich');
    expect(verdict.next.at).toBe('2026-11-23T01:00:00.000Z');
    expect(verdict.explanation).toContain('A blackout from 2026-11-20 to 2026-11-22');
  });

  it('after a failure in a window that is open names the window after it', () => {
    const failed = [update({ state: 'failed', reason: 'stalled' })];
    const { next } = verdictOf(known({ ...ahead({ window: open }), updates: failed }));
    expect(next).toEqual({
      at: '2026-11-23T01:00:00.000Z',
      text: expect.stringContaining('2026-11-23 02:00 Europe/Zurich'),
    });
  });

  it('takes the word of the watchdog for a device that does not come although others do', () => {
    const updates = [update({ state: 'available', commandId: COMMAND })];
    const stuck = { findings: [finding('mdm-client-stuck')], updates };
    expect(verdictOf(known({ ...stuck, pending: [command('not-come')] }))).toMatchObject({
      code: 'mdm-client-stuck',
      explanation: expect.stringContaining('In the words of the watchdog.'),
    });
    expect(verdictOf(known({ ...stuck, pending: [command('not-now')] })).code).toBe('not-now');
  });

  it('says of a device that has not come for days that it has not, whatever else the matter is', () => {
    const enrollment = { ...known().enrollment!, lastSeenAt: new Date('2026-11-01T00:00:00Z') };
    expect(verdictOf(known({ enrollment })).explanation).toContain('It was last seen 21 days ago');
    const done = ahead({ reason: 'already-at-target' });
    expect(verdictOf(known({ enrollment, ...done })).explanation).not.toContain('last seen');
    expect(verdictOf(known()).explanation).not.toContain('last seen');
  });

  it('looks at the update of another rollout while that has the device in hand', () => {
    const updates = [
      update({ rolloutId: 'old', state: 'installing' }),
      update({ state: 'not-eligible', reason: 'other-rollout' }),
    ];
    expect(whyOf(known({ ...ahead({ reason: 'other-rollout' }), updates }))).toMatchObject({
      code: 'installing',
      rolloutId: 'old',
    });
  });
});

it('an update without a target, of a device of which too little is known, names none', () => {
  const updates = [update({ state: 'not-eligible', reason: 'facts-missing', targetVersion: '', targetBuild: '' })];
  const without = known({ ...ahead({ reason: 'facts-missing', target: null }), updates });
  expect(whyOf(without).target).toBeNull();
  expect(evidenceOf(without).find(({ kind }) => kind === 'update')?.text).toBe(
    'not-eligible (facts-missing), policy "nightly" version 3',
  );
});

it('the evidence goes from the enrollment to the last report, with the error as the device sent it', () => {
  const report = {
    at: at('02:30'),
    reportId: 'x',
    requestType: 'ScheduleOSUpdate',
    status: 'Error',
    explanation: null,
    errorChain: [{ ErrorCode: 12008 }],
  };
  const told = evidenceOf(
    known({
      updates: [update({ state: 'failed', reason: 'stalled', detail: 'Nothing moved.', commandedAt: at('02:10') })],
      pending: [command('not-come')],
      lastPush: { at: at('02:05'), outcome: 'accepted', reason: null },
      reports: [report],
    }),
  );
  expect(told.map((one) => one.kind)).toEqual([
    'enrollment',
    'facts',
    'target',
    'window',
    'update',
    'update',
    'command',
    'push',
    'contact',
    'contact',
    'report',
  ]);
  expect(told.at(-1)).toMatchObject({
    id: 'x',
    text: expect.stringContaining('"ErrorCode":12008'),
    at: '2026-11-22T02:30:00.000Z',
  });
});
