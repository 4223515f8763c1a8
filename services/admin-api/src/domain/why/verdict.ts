import {
  type CommandItem,
  type NextWindow,
  type Outlook,
  type Reason,
  reasonOf,
  type UpdateState,
  type Why,
} from '@lamplighter/contracts';
import { isInFlight, type Known, type KnownUpdate, ownUpdate } from './known.ts';
import { MDM_CLIENT_STUCK, UNDER_WAY, WAITS } from './under-way.ts';
import { age, moment, opening } from './words.ts';

export type Verdict = Pick<Why, 'verdict' | 'code' | 'class' | 'explanation' | 'next' | 'action'>;
type Look = (known: Known) => Verdict | undefined;

/** The first that holds is the verdict: what lies farthest from the device's own doing comes first. */
const looks: readonly Look[] = [
  left,
  notEnrolled,
  upToDate,
  shutOut,
  underWay,
  noPolicy,
  held,
  withoutToken,
  planned,
  declared,
  judged,
  ended,
  notAsked,
  window,
];

/** Why the device has not updated, or that it has. */
export function verdictOf(known: Known): Verdict {
  const verdict = looks.map((look) => look(known)).find((one) => one !== undefined)!;
  const silent = verdict.class === 'done' ? '' : longSilent(known);
  return { ...verdict, explanation: `${verdict.explanation}${silent}` };
}

const LONG_MS = 3 * 86_400_000;

/** Whatever else the matter is: a device that does not come gets nothing. */
function longSilent({ enrollment, now }: Known): string {
  const seen = enrollment?.status === 'enrolled' ? enrollment.lastSeenAt : null;
  if (seen === null || now.getTime() - seen.getTime() < LONG_MS) return '';
  return ` It was last seen ${age(seen, now)} ago: it gets nothing before it comes.`;
}

function left({ device, enrollment }: Known): Verdict | undefined {
  if (enrollment?.status !== 'left' && (device.enrolled || enrollment?.status === 'authenticated')) return undefined;
  const since = enrollment?.leftAt ? `, on ${moment(enrollment.leftAt)}` : '';
  const reason = reasonOf('left-management');
  return {
    ...fromReason(reason),
    explanation: `The device has left management${since}. ${reason.explanation}`,
    next: NEVER,
  };
}

function notEnrolled({ enrollment }: Known): Verdict | undefined {
  if (enrollment?.status !== 'authenticated') return undefined;
  return {
    verdict: 'Its enrollment is not finished',
    code: 'not-enrolled',
    class: 'management',
    explanation: 'The device has begun to enroll and has not sent its push token, without which it cannot be woken.',
    next: { text: 'It takes part once it has sent its token.', at: null },
    action: 'Let the device finish its setup; where it does not, remove the profile and enroll it again.',
  };
}

function upToDate(known: Known): Verdict | undefined {
  const { device, scheduled } = known;
  const update = ownUpdate(known);
  const isDone = scheduled ? scheduled.outlook?.reason === 'already-at-target' : update?.state === 'installed';
  if (!isDone) return undefined;
  const target = scheduled?.outlook?.target?.version ?? update?.targetVersion;
  return {
    ...fromReason(reasonOf('already-at-target')),
    verdict: `Up to date: it runs ${device.osVersion}${target === undefined ? '' : `, the target is ${target}`}`,
    next: { text: 'Nothing, until a newer release fits the policy.', at: null },
  };
}

/** Without a valid identity certificate it cannot connect at all. */
function shutOut({ findings }: Known): Verdict | undefined {
  const finding = findings.find(({ kind }) => kind === 'certificate-expired' || kind === 'certificate-missing');
  if (!finding) return undefined;
  const isMissing = finding.kind === 'certificate-missing';
  return {
    verdict: `Cannot connect: its identity certificate ${isMissing ? 'is missing' : 'has expired'}`,
    code: finding.kind,
    class: 'management',
    explanation: finding.text,
    next: NEVER,
    action: 'Enroll the device anew. For the others, renew certificates before they end.',
  };
}

/** Known before a command is sent: the Mac's own list of updates says what it needs. */
function withoutToken(known: Known): Verdict | undefined {
  if (known.enrollment?.lacksBootstrapToken !== true) return undefined;
  const reason = reasonOf('bootstrap-token-missing');
  return { ...fromReason(reason), next: nextOf(reason.retry, known) };
}

function underWay(known: Known): Verdict | undefined {
  const update = known.updates.find(isInFlight);
  if (!update) return undefined;
  const command = known.pending.find((one) => one.commandId === update.commandId);
  const waits = command?.waiting && (stuck(known, command) ?? WAITS[command.waiting.reason]);
  const ongoing = { ...UNDER_WAY[update.state]!, code: update.state, retry: 'later-in-this-window' } as const;
  const base = waits ?? (update.reason === null ? ongoing : reasonOf(update.reason));
  const detail = command?.waiting ? ` ${command.requestType}: ${command.waiting.detail}.` : '';
  const since = ` So for ${age(update.updatedAt, known.now)}.`;
  return {
    ...fromReason(base),
    explanation: `${base.explanation}${command ? detail : since}`,
    next: nextLook(known, update, command),
  };
}

/** Others that were woken came. */
function stuck({ findings }: Known, { waiting }: CommandItem): (typeof WAITS)[keyof typeof WAITS] {
  const finding = findings.find((one) => one.kind === 'mdm-client-stuck');
  return finding && waiting?.reason === 'not-come' ? { ...MDM_CLIENT_STUCK, explanation: finding.text } : undefined;
}

function nextLook(known: Known, update: KnownUpdate, command: CommandItem | undefined): Verdict['next'] {
  const at = command?.waiting?.nextLookAt ?? command?.notBefore ?? null;
  if (at === null) return { text: 'It goes on with the next answer of the device.', at: null };
  const stops = update.stopsAt > known.now ? ` Sending stops ${moment(update.stopsAt)}.` : '';
  return { text: `It is looked at again ${moment(at)}.${stops}`, at };
}

function noPolicy({ scheduled, device }: Known): Verdict | undefined {
  if (scheduled === undefined || scheduled.outlook !== null) return undefined;
  const count = scheduled.policies.length;
  const near = scheduled.policies[0];
  return {
    verdict: 'No policy takes it in',
    code: 'no-policy',
    class: 'operator',
    explanation:
      near === undefined
        ? 'There is no policy at all.'
        : `None of ${count === 1 ? 'the one policy' : `the ${count} policies`} takes the device in. Policy "${near.name}": ${near.text}.`,
    next: NEVER,
    action: `Make a policy for it, or add it to a group or a policy. "lamp device policies ${device.deviceId}" says of each policy why not.`,
  };
}

const HELD: Record<NonNullable<Outlook['heldBy']>, { verdict: string; action: string }> = {
  'tenant-paused': {
    verdict: 'Everything is paused',
    action: 'Resume it once the cause is gone: "lamp tenant resume".',
  },
  'policy-paused': {
    verdict: 'Its policy is paused',
    action: 'Resume it once the cause is gone: "lamp policy resume <policy>".',
  },
  'rollout-paused': {
    verdict: 'The rollout is paused',
    action: 'Resume it once the cause is gone: "lamp rollout resume <policy>".',
  },
  'rollout-aborted': {
    verdict: 'The rollout was aborted',
    action: 'Change the policy: its new version begins a new rollout.',
  },
};

function held({ scheduled }: Known): Verdict | undefined {
  const outlook = scheduled?.outlook;
  if (!outlook?.heldBy) return undefined;
  return {
    ...HELD[outlook.heldBy],
    action: HELD[outlook.heldBy].action.replace('<policy>', () => `'${outlook.policyName}'`),
    code: outlook.heldBy,
    class: 'operator',
    explanation: `Policy "${outlook.policyName}" has the device, and somebody here stopped it. Nothing is sent meanwhile.`,
    next: NEVER,
  };
}

function planned(known: Known): Verdict | undefined {
  const update = ownUpdate(known);
  if (update?.state !== 'planned') return undefined;
  const at = update.releaseAt;
  const isDue = at === null || at <= known.now;
  return {
    verdict: isDue ? 'Planned, and due to be sent its first command' : `Planned: its turn comes ${moment(at)}`,
    code: 'planned',
    class: 'window',
    explanation: `The window is open and the device is planned for ${update.targetVersion}. Devices go out in waves, so that neither network nor servers are overrun.`,
    next: { text: 'It is sent its first command with its wave.', at: at?.toISOString() ?? null },
    action: 'Nothing. Where waves are too slow: raise the pace of the policy.',
  };
}

function declared(known: Known): Verdict | undefined {
  const update = ownUpdate(known);
  if (update?.state !== 'superseded') return undefined;
  return { ...fromReason(reasonOf(update.reason ?? 'superseded')), next: nextOf('not-needed', known) };
}

/** What a plan would say now, where it would leave the device out. */
function judged(known: Known): Verdict | undefined {
  const outlook = known.scheduled?.outlook;
  if (!outlook?.reason) return undefined;
  const reason = reasonOf(outlook.reason);
  if (reason.code === 'facts-missing') {
    const away = unasked(known, reason);
    if (away) return away;
  }
  const ring = outlook.ring;
  const day = ring?.opensOn ? ` Ring "${ring.name}" may go from ${ring.opensOn} on.` : '';
  return {
    ...fromReason(reason),
    explanation: `${reason.explanation}${reason.code === 'ring-not-reached' ? day : ''}`,
    next: nextOf(reason.retry, known),
  };
}

/** Its facts are missing since the questions for them wait: what they wait for is the answer. */
function unasked(known: Known, facts: Reason): Verdict | undefined {
  const command = known.pending.find(({ waiting }) => waiting && waiting.reason !== 'behind' && WAITS[waiting.reason]);
  const base = command?.waiting && (stuck(known, command) ?? WAITS[command.waiting.reason]);
  if (!base) return undefined;
  return {
    ...fromReason(base),
    explanation: `${base.explanation} ${facts.explanation} ${command.requestType}: ${command.waiting!.detail}.`,
    next: nextOf(facts.retry, known),
  };
}

/** States in which an update is at its end for this window; what a plan would say of it now comes before. */
const ENDED: ReadonlySet<UpdateState> = new Set(['failed', 'waiting', 'not-eligible', 'downloaded']);

function ended(known: Known): Verdict | undefined {
  const update = ownUpdate(known);
  if (update?.reason == null || !ENDED.has(update.state)) return undefined;
  if (known.scheduled !== undefined && wasLeftOut(update)) return undefined;
  const reason = reasonOf(update.reason);
  const detail = update.detail === null ? '' : ` ${update.detail}`;
  return {
    ...fromReason(reason),
    explanation: `${reason.explanation}${detail}`,
    next: nextOf(reason.retry, known),
  };
}

/** By a plan, and not by what the device said to its command: the next plan judges it anew. */
function wasLeftOut({ state, releaseAt }: KnownUpdate): boolean {
  return state === 'not-eligible' && releaseAt === null;
}

/** Nobody could say what the policies make of it. */
function notAsked({ scheduled }: Known): Verdict | undefined {
  if (scheduled !== undefined) return undefined;
  return {
    verdict: 'Nothing is under way; its policy is not known at the moment',
    code: 'unknown',
    class: 'unknown',
    explanation:
      'update-scheduler does not answer, so nobody can say which policy has the device and when its window opens.',
    next: { text: 'Ask again once update-scheduler is up.', at: null },
    action: 'See that update-scheduler is up: "lamp status".',
  };
}

function window(known: Known): Verdict {
  const { window: next = null, policyName = '', target = null } = known.scheduled?.outlook ?? {};
  const what = target === null ? 'an update' : target.version;
  const before = leftOutBefore(known);
  if (next === null)
    return {
      verdict: 'No window opens within a year',
      code: 'no-window',
      class: 'operator',
      explanation: `Policy "${policyName}" has the device, and none of its windows opens within a year.`,
      next: NEVER,
      action: 'Look at the windows and blackouts of the policy.',
    };
  if (next.isOpen)
    return {
      verdict: 'Its window is open: it is about to be planned',
      code: 'window-open',
      class: 'window',
      explanation: `The window of policy "${policyName}" is open until ${moment(next.stopsAt, next.zone)}. Devices that enroll or report while it is open join it.${before}`,
      next: { text: `It is planned for ${what} within minutes.`, at: null },
      action: 'Nothing.',
    };
  const shut = next.blackout
    ? ` A blackout from ${next.blackout.from} to ${next.blackout.to} keeps it shut until then.`
    : '';
  return {
    verdict: `Waits for its window, which opens ${opening(next)}`,
    code: 'window-not-open',
    class: 'window',
    explanation: `Policy "${policyName}" has the device and will bring it to ${what}, in its window.${shut}${before}`,
    next: { text: `Its window opens ${opening(next)}.`, at: next.opensAt },
    action: 'Nothing; or let the rollout go as an emergency.',
  };
}

function leftOutBefore(known: Known): string {
  const update = ownUpdate(known);
  if (update?.reason == null || !wasLeftOut(update)) return '';
  const { title } = reasonOf(update.reason);
  return ` In the last plan it took no part: ${title.charAt(0).toLowerCase()}${title.slice(1)}. That holds no more.`;
}

const NEVER: Verdict['next'] = { text: 'Nothing, until somebody acts.', at: null };

function fromReason({ title, code, class: kind, explanation, action }: Omit<Reason, 'retry'>): Omit<Verdict, 'next'> {
  return { verdict: title, code, class: kind, explanation, action };
}

function nextOf(retry: Reason['retry'], { scheduled }: Known): Verdict['next'] {
  if (retry === 'never') return NEVER;
  if (retry === 'not-needed') return { text: 'Nothing more is needed.', at: null };
  if (retry === 'when-facts-change') return { text: 'It is judged anew as soon as its facts change.', at: null };
  const window = scheduled?.outlook?.window;
  const at = window && upcoming(window);
  if (!at) return { text: 'It is tried again in the next window.', at: null };
  return { text: `It is tried again in the window that opens ${moment(at, window.zone)}.`, at };
}

/** When the next window opens, the one that is open apart. */
function upcoming({ isOpen, opensAt, thenOpensAt }: NextWindow): string | null {
  return isOpen ? (thenOpensAt ?? null) : opensAt;
}
