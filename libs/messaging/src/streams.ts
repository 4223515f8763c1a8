import { AppError, type MessageDefinition, messages, subjectFilter } from '@lamplighter/contracts';
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { deadStream, eventStream, streamOf } from './names.ts';

export interface StreamSettings {
  prefix: string;
  replicas: number;
  /** Size limit of each stream. */
  maxBytes: number;
}

const DAY_MS = 86_400_000;
/** Longer than any retry of a publisher; beyond it the unique keys of the database drop repeats. */
const DUPLICATE_WINDOW_MS = 300_000;
const STREAM_NAME_IN_USE = 10058;
const STREAM_NOT_FOUND = 10059;

type Wanted = Pick<
  StreamConfig,
  | 'name'
  | 'subjects'
  | 'retention'
  | 'storage'
  | 'num_replicas'
  | 'max_age'
  | 'max_bytes'
  | 'duplicate_window'
  | 'discard'
  | 'allow_batched'
>;

/** The streams of one prefix: events and dead letters for a time, work until it is done. */
export function wantedStreams(
  settings: StreamSettings,
  definitions: readonly MessageDefinition[] = messages,
): Wanted[] {
  const { prefix, replicas, maxBytes } = settings;
  const base = {
    storage: StorageType.File,
    num_replicas: replicas,
    max_bytes: maxBytes,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    // One confirmation for many messages: see `PublishWindow`, which does without where somebody else made the streams.
    allow_batched: true,
  };
  const kept = { ...base, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old };
  // A full work queue refuses its publisher, whose outbox keeps the rest: dropping the oldest would lose work.
  const work = {
    ...base,
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    max_age: 0,
  };
  const workSubjects = new Map<string, string[]>();
  for (const definition of definitions.filter((each) => each.kind === 'work')) {
    const name = streamOf(prefix, definition);
    workSubjects.set(name, [...(workSubjects.get(name) ?? []), subjectFilter(prefix, definition)]);
  }
  return [
    {
      ...kept,
      name: eventStream(prefix),
      subjects: [`${prefix}.event.>`],
      max_age: nanos(7 * DAY_MS),
    },
    ...[...workSubjects].map(([name, subjects]) => ({ ...work, name, subjects })),
    {
      ...kept,
      name: deadStream(prefix),
      subjects: [`${prefix}.dead.>`],
      max_age: nanos(30 * DAY_MS),
    },
  ];
}

/**
 * Creates what is missing and updates what differs; any number of services may do so at once.
 * Throws AppError `broker.stream-refused` when the broker will not have it, `broker.settings-ignored` when it took less than it was told.
 */
export async function ensureStreams(
  manager: JetStreamManager,
  settings: StreamSettings,
  definitions: readonly MessageDefinition[] = messages,
): Promise<void> {
  for (const wanted of wantedStreams(settings, definitions)) {
    checkTaken(wanted, await ensureStream(manager, wanted));
  }
}

/**
 * Looks whether the streams are there and keep what they must keep; their sizes and replicas are for whoever puts them in place.
 * Throws AppError `broker.stream-missing`, `broker.stream-refused` or `broker.settings-ignored`.
 */
export async function checkStreams(
  manager: JetStreamManager,
  settings: StreamSettings,
  definitions: readonly MessageDefinition[] = messages,
): Promise<void> {
  for (const { name, subjects, retention, storage, discard } of wantedStreams(settings, definitions)) {
    const wanted = { name, subjects, retention, storage, discard };
    checkTaken(wanted, await presentStream(manager, wanted));
  }
}

async function presentStream(manager: JetStreamManager, wanted: Pick<Wanted, 'name'>): Promise<StreamConfig> {
  try {
    return (await manager.streams.info(wanted.name)).config;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw refused(wanted, error);
    throw new AppError('broker.stream-missing', `the broker has no stream ${wanted.name}`, {
      outcome: 'retry',
      remedy: 'start the service that puts the streams in place: one without LAMP_NATS_MANAGE_STREAMS=false',
      cause: error,
    });
  }
}

async function ensureStream(manager: JetStreamManager, wanted: Wanted): Promise<StreamConfig> {
  try {
    return (await manager.streams.add(wanted)).config;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NAME_IN_USE) throw refused(wanted, error);
  }
  try {
    const present = (await manager.streams.info(wanted.name)).config;
    // A service of a newer release may have added subjects: keep them while it rolls out.
    const subjects = [...new Set([...present.subjects, ...wanted.subjects])];
    return (await manager.streams.update(wanted.name, { ...wanted, subjects })).config;
  } catch (error) {
    throw refused(wanted, error);
  }
}

function refused(wanted: Pick<Wanted, 'name'>, cause: unknown): AppError {
  return new AppError(
    'broker.stream-refused',
    `the broker refused stream ${wanted.name}: ${(cause as Error).message}`,
    {
      outcome: 'retry',
      remedy:
        'compare it with `nats stream info`: retention and storage cannot be changed in place; each stream reserves LAMP_NATS_MAX_BYTES of the storage',
      cause,
    },
  );
}

/** Servers silently ignore settings that they do not know: what was not taken must not be relied on. */
function checkTaken(wanted: Pick<Wanted, 'name' | 'subjects'> & Partial<Wanted>, taken: StreamConfig): void {
  // The client adds undefined members to what it is given.
  const keys = (Object.keys(wanted) as (keyof Wanted)[]).filter((key) => wanted[key] !== undefined);
  const ignored = keys.filter((key) =>
    key === 'subjects'
      ? wanted.subjects.some((subject) => !taken.subjects.includes(subject))
      : (taken[key] ?? 0) !== wanted[key],
  );
  if (ignored.length === 0) return;
  const found = ignored.map((key) => `${key} is ${String(taken[key])}, not ${String(wanted[key])}`);
  throw new AppError(
    'broker.settings-ignored',
    `stream ${wanted.name} is not as it was asked for: ${found.join('; ')}`,
    {
      remedy: 'use a NATS server that knows these settings, with limits that allow them',
    },
  );
}
