import type { Waiting } from '@lamplighter/contracts';

/** A pending command, as the queue's view shows it. */
export interface PendingCommand {
  commandId: string;
  requestType: string;
  priority: number;
  /** `queued`, `sent`, `NotNow`, or of another server's device `handing to …` and `handed to …`. */
  state: string;
  createdAt: Date;
  notBefore: Date | null;
  expiresAt: Date;
  /** When the clock looks at it by itself. */
  dueAt: Date | null;
  pushCount: number;
  sentAt: Date | null;
  firstNotNowAt: Date | null;
  notNowCount: number;
  /** Its sender wants no push for it. */
  noPush: boolean;
  /** The MDM server that its device is enrolled with, where that is another one. */
  source: string | null;
  /** That server's kind, once an attempt to hand it over began. */
  handedTo: string | null;
}

/** What else bears on it. */
export interface WaitingFacts {
  now: Date;
  /** Undefined: this device never enrolled here. */
  enrollment:
    | { status: string; topic: string; leftAt: Date | null; goneAt: Date | null; lastSeenAt: Date | null }
    | undefined;
  /** The MDM server that the device is enrolled with, where that is another one; without a kind where it is not known any more. */
  source: { name: string; kind: string | null; isEnabled: boolean; error: string | null } | undefined;
  /** The push certificate of the enrollment's topic; undefined where none was uploaded. */
  certificate: { notAfter: Date } | undefined;
  /** Undefined where it was never pushed, or so long ago that nobody knows. */
  lastPush: { at: Date; outcome: string; reason: string | null } | undefined;
  /** All that waits for this device, this command included. */
  pending: readonly PendingCommand[];
}

type Finding = readonly [reason: Waiting['reason'], detail: string, since: Date | null];
type Look = (row: PendingCommand, facts: WaitingFacts) => Finding | undefined;

/** The first that holds is the reason: what lies farthest from the device's own doing comes first. */
const looks: readonly Look[] = [
  notEnrolled,
  expired,
  notBefore,
  inHand,
  elsewhere,
  behind,
  unreachable,
  noCertificate,
  notNow,
  notPushed,
  notCome,
];

/** Why a command still waits, in plain words. */
export function whyWaiting(row: PendingCommand, facts: WaitingFacts): Waiting {
  const [reason, detail, since] = looks.map((look) => look(row, facts)).find((finding) => finding !== undefined)!;
  return {
    reason,
    detail: `${detail}; expires at ${iso(row.expiresAt)}`,
    since: since === null ? null : iso(since),
    nextLookAt: row.dueAt === null ? null : iso(row.dueAt),
  };
}

/** In the order in which they are handed over. */
export function inOrder(a: PendingCommand, b: PendingCommand): number {
  return (
    a.priority - b.priority ||
    a.createdAt.getTime() - b.createdAt.getTime() ||
    (a.commandId < b.commandId ? -1 : Number(a.commandId > b.commandId))
  );
}

function notEnrolled(row: PendingCommand, { enrollment }: WaitingFacts): Finding | undefined {
  if (enrollment === undefined) return ['not-enrolled', 'this device has never enrolled here', row.createdAt];
  if (enrollment.status === 'enrolled') return undefined;
  if (enrollment.status === 'left') return ['not-enrolled', 'the device has left management', enrollment.leftAt];
  return ['not-enrolled', 'the device has begun to enroll and has not sent its TokenUpdate yet', null];
}

function expired(row: PendingCommand, { now }: WaitingFacts): Finding | undefined {
  if (isInHand(row) || row.expiresAt > now) return undefined;
  return [
    'expired',
    'its time is up: it is not handed over any more, and ends when the queue looks at it next',
    row.expiresAt,
  ];
}

function notBefore(row: PendingCommand, { now }: WaitingFacts): Finding | undefined {
  if (row.notBefore === null || row.notBefore <= now) return undefined;
  return ['not-before', `not before ${iso(row.notBefore)}`, row.createdAt];
}

function isInHand({ state }: PendingCommand): boolean {
  return state === 'sent' || state.startsWith('handed to ') || state.startsWith('handing to ');
}

function inHand(row: PendingCommand, { source }: WaitingFacts): Finding | undefined {
  if (!isInHand(row) || row.sentAt === null) return undefined;
  const who = `${row.handedTo} (source ${row.source})`;
  if (row.state.startsWith('handing to ')) {
    const why = source?.error == null ? '' : `: ${source.error}`;
    return ['in-hand', `${who} may have it since ${iso(row.sentAt)}; it is asked again${why}`, row.sentAt];
  }
  if (row.source !== null) {
    return [
      'in-hand',
      `${who} has had it since ${iso(row.sentAt)} and has relayed no answer of the device`,
      row.sentAt,
    ];
  }
  return ['in-hand', `the device has had it in hand since ${iso(row.sentAt)} and has not answered`, row.sentAt];
}

/** What bears on a device of ours, such as pushes, is another server's business here. */
function elsewhere(row: PendingCommand, facts: WaitingFacts): Finding | undefined {
  const { source } = facts;
  if (row.source === null) return undefined;
  if (row.state === 'NotNow') return notNow(row, facts);
  if (source?.kind == null) return ['not-handed-over', `there is no source ${row.source} any more`, row.createdAt];
  const who = `${source.kind} (source ${row.source})`;
  if (!source.isEnabled) return ['not-handed-over', `${who} is not enabled`, row.createdAt];
  if (source.error !== null) return ['not-handed-over', `${who} takes no commands: ${source.error}`, row.createdAt];
  return ['not-handed-over', `${who} was not given it yet`, row.createdAt];
}

function behind(row: PendingCommand, { pending, now }: WaitingFacts): Finding | undefined {
  const ahead = pending.filter((other) => isAhead(other, row, now));
  const [first] = ahead.toSorted(inOrder);
  if (first === undefined) return undefined;
  const sooner = ahead.filter(({ priority }) => priority < row.priority).length;
  const ofSooner = sooner === 0 ? 'all older in the same lane' : `${sooner} of a sooner lane`;
  const detail = `behind ${count(ahead.length, 'command')} (${ofSooner}), first of them ${first.requestType} ${first.commandId}`;
  return ['behind', detail, row.createdAt];
}

/** What a device that connects now would be given before it. */
function isAhead(other: PendingCommand, row: PendingCommand, now: Date): boolean {
  const isOpen = other.expiresAt > now && (other.notBefore === null || other.notBefore <= now);
  return isOpen && inOrder(other, row) < 0;
}

function unreachable(_row: PendingCommand, { enrollment }: WaitingFacts): Finding | undefined {
  const goneAt = enrollment?.goneAt ?? null;
  if (goneAt === null) return undefined;
  const detail = `the device cannot be pushed: APNs said 410 (gone) at ${iso(goneAt)}; it is pushed again after its next TokenUpdate`;
  return ['unreachable', detail, goneAt];
}

function noCertificate(
  _row: PendingCommand,
  { enrollment, certificate, lastPush, now }: WaitingFacts,
): Finding | undefined {
  const topic = enrollment?.topic ?? '';
  if (certificate === undefined)
    return ['no-push-certificate', `no push certificate for its topic ${topic} was uploaded`, null];
  if (certificate.notAfter <= now)
    return [
      'no-push-certificate',
      `the push certificate of its topic ${topic} expired at ${iso(certificate.notAfter)}`,
      certificate.notAfter,
    ];
  if (lastPush?.outcome !== 'no-certificate') return undefined;
  const why = lastPush.reason === null ? '' : ` (${lastPush.reason})`;
  return ['no-push-certificate', `APNs refuses the push certificate of its topic ${topic}${why}`, lastPush.at];
}

function notNow(row: PendingCommand, _facts: WaitingFacts): Finding | undefined {
  if (row.state !== 'NotNow') return undefined;
  const first = row.firstNotNowAt === null ? '' : `, first at ${iso(row.firstNotNowAt)}`;
  const { dueAt, noPush } = row;
  const next = dueAt === null || noPush ? '' : `; it will be pushed at ${iso(dueAt)} unless it comes back by itself`;
  return ['not-now', `the device said NotNow ${count(row.notNowCount, 'time')}${first}${next}`, row.firstNotNowAt];
}

function notPushed(row: PendingCommand, { lastPush }: WaitingFacts): Finding | undefined {
  const pushedSince = lastPush !== undefined && lastPush.at >= row.createdAt;
  if (row.pushCount > 0 || pushedSince) return undefined;
  if (row.noPush)
    return ['not-pushed', 'its sender wants no push for it: it waits until the device comes by itself', row.createdAt];
  const next = row.dueAt === null ? '' : `; the queue asks for a push at ${iso(row.dueAt)}`;
  return ['not-pushed', `the device was not pushed for it yet${next}`, row.createdAt];
}

function notCome(row: PendingCommand, { lastPush, enrollment }: WaitingFacts): Finding {
  const pushed = row.pushCount > 0 ? `pushed ${count(row.pushCount, 'time')}` : 'pushed';
  const seen = enrollment?.lastSeenAt ?? null;
  const last = lastPush === undefined ? '' : ` (last push at ${iso(lastPush.at)}: ${answerOf(lastPush)})`;
  const detail = `the device was ${pushed}${last} and has not come; ${seen === null ? 'it was never seen' : `it was last seen at ${iso(seen)}`}`;
  return ['not-come', detail, row.createdAt];
}

function answerOf({ outcome, reason }: { outcome: string; reason: string | null }): string {
  return `${outcome === 'accepted' ? 'accepted by APNs' : outcome}${reason === null ? '' : ` (${reason})`}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function iso(at: Date): string {
  return at.toISOString();
}
