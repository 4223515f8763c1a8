import type { MessageDefinition } from '@lamplighter/contracts';

/** What the broker's things are called; nothing else builds these names. */
const streamPrefix = (prefix: string): string => prefix.toUpperCase();

/** `command.enqueue` → `<PREFIX>_COMMANDS`, `push.request` → `<PREFIX>_PUSHES`: the area before the dot, in the plural. */
function workStream(prefix: string, messageName: string): string {
  const area = messageName.split('.')[0]!.toUpperCase();
  return `${streamPrefix(prefix)}_${area}${/(S|SH|CH|X)$/.test(area) ? 'ES' : 'S'}`;
}

export function eventStream(prefix: string): string {
  return `${streamPrefix(prefix)}_EVENTS`;
}

export function deadStream(prefix: string): string {
  return `${streamPrefix(prefix)}_DEAD`;
}

/** The stream that keeps this message. */
export function streamOf(prefix: string, definition: Pick<MessageDefinition, 'kind' | 'name'>): string {
  return definition.kind === 'event' ? eventStream(prefix) : workStream(prefix, definition.name);
}

/** The stream that keeps what is published on this subject; undefined for a subject of no stream. */
export function streamOfSubject(prefix: string, subject: string): string | undefined {
  const kind = prefix.length + 1;
  if (subject[prefix.length] !== '.' || !subject.startsWith(prefix)) return undefined;
  if (subject.startsWith('event.', kind)) return eventStream(prefix);
  if (subject.startsWith('dead.', kind)) return deadStream(prefix);
  if (!subject.startsWith('work.', kind)) return undefined;
  const [, , , area] = subject.split('.', 4);
  return area ? workStream(prefix, area) : undefined;
}

/** `command-queue` and `push.sent` → `command-queue-push-sent`: one durable per service and message. */
export function durableOf(service: string, messageName: string): string {
  return `${service}-${messageName.replaceAll('.', '-')}`;
}

/** Where a service's undeliverable messages of one name lie: `<prefix>.dead.<tenant>.<service>.<message>`. */
export function deadSubject(prefix: string, tenant: string, service: string, messageName: string): string {
  return `${prefix}.dead.${tenant}.${service}.${messageName}`;
}

/** Replies to one service come below this, so that no other service needs to be allowed to hear them. */
export function inboxPrefix(service: string): string {
  return `_INBOX.${service}`;
}

/** Bucket of answers that are too large for a message. */
export function answerBucket(prefix: string): string {
  return `${prefix}-answers`;
}
