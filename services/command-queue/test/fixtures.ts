import {
  type CommandGroup,
  derivedUuid,
  type Exchange,
  type ItemOf,
  type Message,
  type MessageDefinition,
} from '@lamplighter/contracts';
import { Database, Outbox, Publisher, type Tx } from '@lamplighter/runtime';
import { type Config, config, dueTermsOf } from '../src/config.ts';
import { firstDueAt } from '../src/domain/due.ts';
import { slotOf } from '../src/domain/slot.ts';
import type { CommandTerms, ExchangeItem } from '../src/ports/commands.ts';
import type { NewEnrollment } from '../src/ports/enrollments.ts';

export const settings: Config = config.parse({ LAMP_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') });
export const START = new Date('2026-11-20T02:00:00Z');
export const minutes = (count: number) => new Date(START.getTime() + count * 60_000);

export const certificateOf = (deviceId: string, renewal = 0) =>
  derivedUuid('certificate', deviceId, renewal).replaceAll('-', '').repeat(2);

export const commandId = (name: string, deviceId: string) => derivedUuid(name, deviceId);

export function enrollment(deviceId: string, tenant = 'default'): NewEnrollment {
  return {
    tenant,
    deviceId,
    kind: 'device',
    parentId: null,
    topic: 'com.apple.mgmt.External.test',
    source: null,
    generation: 1,
    certificateHash: certificateOf(deviceId),
    facts: { productName: 'Mac15,12' },
    at: START,
  };
}

export interface GroupOptions {
  tenant?: string;
  cause?: string;
  priority?: number;
  notBefore?: Date;
  expiresAt?: Date;
  sentForAt?: Date;
  at?: Date;
  purpose?: string;
  retries?: number;
  /** Default: the command's name. */
  requestType?: string;
}

/** What Apple's schema requires beside the RequestType. */
const KEYS: Readonly<Record<string, string>> = {
  ScheduleOSUpdate:
    '<key>Updates</key><array><dict><key>InstallAction</key><string>InstallASAP</string></dict></array>',
};

const body = (requestType: string) => ({
  bodyId: derivedUuid('command-body', requestType),
  requestType,
  command: `<dict><key>RequestType</key><string>${requestType}</string>${KEYS[requestType] ?? ''}</dict>`,
});

/** The same command for each device; its ids derive from name and device. */
export function terms(name: string, deviceIds: readonly string[], options: GroupOptions = {}): CommandTerms {
  const { tenant = 'default', cause = 'rollout-1', priority = 10, notBefore, expiresAt = minutes(240) } = options;
  const at = options.at ?? START;
  const requestType = options.requestType ?? name;
  const each = body(requestType);
  return {
    tenant,
    cause,
    priority,
    notBefore: notBefore ?? null,
    expiresAt,
    sentForAt: options.sentForAt ?? at,
    dueAt: firstDueAt(dueTermsOf(settings), at, notBefore, expiresAt),
    pushCount: 1,
    noPush: false,
    purpose: options.purpose ?? null,
    slot: slotOf(requestType, options.purpose),
    retries: options.retries ?? 0,
    retryWaitSeconds: 300,
    body: each,
    commands: deviceIds.map((deviceId) => ({ deviceId, commandId: commandId(name, deviceId), bodyId: each.bodyId })),
  };
}

export function group(name: string, deviceIds: readonly string[], options: GroupOptions = {}): CommandGroup {
  const { cause, priority, body: each, commands, expiresAt, notBefore } = terms(name, deviceIds, options);
  const { purpose, retries } = options;
  return {
    cause,
    priority,
    bodies: [each],
    commands: [...commands],
    expiresAt: expiresAt.toISOString(),
    ...(notBefore === null ? {} : { notBefore: notBefore.toISOString() }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(retries === undefined ? {} : { retries }),
  };
}

type Status = ExchangeItem['status'];

export function connect(deviceId: string, status: Status = null, name?: string, tenant = 'default'): ExchangeItem {
  const id = name === undefined ? null : commandId(name, deviceId);
  return { tenant, deviceId, certificateHash: certificateOf(deviceId), commandId: id, status };
}

export function exchange(deviceId: string, status: Status = null, id?: string): Exchange {
  return {
    tenant: 'default',
    deviceId,
    certificateHash: certificateOf(deviceId),
    receivedAt: START.toISOString(),
    ...(status === null ? {} : { answer: { commandId: id!, status, payload: { xml: '<plist/>' } } }),
  };
}

/** Runs everything at once; for steps on fakes. */
export class FakeDatabase extends Database {
  override query<R>(): Promise<R[]> {
    return Promise.reject(new Error('a step spoke SQL'));
  }
  override transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return work(this);
  }
}

export class FakeOutbox extends Outbox {
  readonly staged: { name: string; message: Message<unknown>; key: string }[] = [];

  override async stage<D extends MessageDefinition>(_tx: Tx, definition: D, message: Message<ItemOf<D>>, key: string) {
    this.staged.push({ name: definition.name, message, key });
  }

  of<D extends MessageDefinition>(definition: D): Message<ItemOf<D>>[] {
    return this.staged
      .filter(({ name }) => name === definition.name)
      .map(({ message }) => message as Message<ItemOf<D>>);
  }
}

export class FakePublisher extends Publisher {
  readonly published: Message<unknown>[] = [];
  fails = false;

  override async publish<D extends MessageDefinition>(_definition: D, message: Message<ItemOf<D>>): Promise<void> {
    if (this.fails) throw new Error('no broker');
    this.published.push(message);
  }
}
