import { type CommandItem, type Reason, reasonOf, type UpdateState } from '@lamplighter/contracts';
import { fromReason, nextOf, type Verdict } from './answer.ts';
import { isInFlight, type Known, type KnownUpdate, ownUpdate, wasLeftOut } from './known.ts';
import { MDM_CLIENT_STUCK, UNDER_WAY, WAITS } from './under-way.ts';
import { age, moment } from './words.ts';

export function upToDate(known: Known): Verdict | undefined {
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

export function underWay(known: Known): Verdict | undefined {
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

export function planned(known: Known): Verdict | undefined {
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

export function declared(known: Known): Verdict | undefined {
  const update = ownUpdate(known);
  if (update?.state !== 'superseded') return undefined;
  return { ...fromReason(reasonOf(update.reason ?? 'superseded')), next: nextOf('not-needed', known) };
}

/** What a plan would say now, where it would leave the device out. */
export function judged(known: Known): Verdict | undefined {
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

export function ended(known: Known): Verdict | undefined {
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
