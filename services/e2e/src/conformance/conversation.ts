import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isDict, parsePlist, type PlistDict, validateCommand, validateDocument } from '@lamplighter/apple';
import { SentCommand } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import type { World } from '../world.ts';
import { answerFaults, appleCheckIns, messageFaults } from './apple-checkin.ts';
import { type Dict, type Spelling, spelled } from './spelling.ts';
import { type Door, type Reply, TestDevice } from './test-device.ts';

/** One device and what it has been handed. */
export class Talk {
  readonly world: World;
  readonly device: TestDevice;
  /** The newest CommandUUID by RequestType. */
  readonly commands = new Map<string, string>();

  constructor(world: World, device: TestDevice) {
    this.world = world;
    this.device = device;
  }

  /** The CommandUUID of the newest command of this RequestType. Throws where none was handed over. */
  handed(requestType: string): string {
    const commandUuid = this.commands.get(requestType);
    if (commandUuid === undefined) throw new Error(`no ${requestType} was handed over`);
    return commandUuid;
  }
}

/** What the server has to answer. */
export interface Expected {
  readonly is: string;
  holds(reply: Reply, message: Dict, talk: Talk): void;
}

export interface Exchange {
  /** `Idle`, `TokenUpdate with an UnlockToken`. */
  readonly says: string;
  readonly door: Door;
  readonly message: (talk: Talk) => Dict;
  readonly gets: Expected;
  /** What an operator orders before, `[device id, Command]`. */
  readonly ordered?: readonly [string, Dict & { readonly RequestType: string }];
  readonly spelling?: Partial<Spelling>;
  /** What happens before. */
  readonly before?: (talk: Talk) => void | Promise<void>;
  /** What has to be so afterwards. */
  readonly after?: (talk: Talk) => void | Promise<void>;
}

const apple = appleCheckIns();
/** All that was ever answered, and the MessageTypes and Statuses that were said. */
export const replies: Reply[] = [];
export const said = new Set<string>();

export const checkIn = (
  says: string,
  message: Exchange['message'],
  gets: Expected,
  more: Partial<Exchange> = {},
): Exchange => ({
  says,
  door: 'check-in',
  message,
  gets,
  ...more,
});

export const connect = (
  says: string,
  message: Exchange['message'],
  gets: Expected,
  more: Partial<Exchange> = {},
): Exchange => ({
  ...checkIn(says, message, gets, more),
  door: 'connect',
});

/** The exchanges in the order in which the device has them: each is a test, and later ones rest on earlier ones. */
export function conversation(
  name: string,
  world: () => World,
  of: { readonly id: string; readonly proof?: 'signature' | 'tls' },
  exchanges: readonly Exchange[],
): void {
  describe(name, () => {
    let talk: Talk;
    beforeAll(() => {
      talk = new Talk(world(), new TestDevice(world(), of.id, of.proof ?? 'signature'));
    });
    afterAll(() => talk?.device.close());
    it.each(exchanges.map((each) => [each.says, each.gets.is, each] as const))(
      '%s: %s',
      async (_says, _is, exchange) => {
        await hold(talk, exchange);
      },
    );
  });
}

/** Says what there is to say, and throws where the answer is another one. */
export async function hold(talk: Talk, exchange: Exchange): Promise<void> {
  await exchange.before?.(talk);
  if (exchange.ordered) await order(talk.world, ...exchange.ordered);
  const message = exchange.message(talk);
  // What is sent here is what Apple's devices send, or the exchange shows nothing.
  expect(messageFaults(apple, message)).toEqual([]);
  said.add(String(message['MessageType'] ?? message['Status']));
  const say = async (): Promise<Reply> => {
    const reply = await talk.device.say(exchange.door, spelled(message, exchange.spelling));
    replies.push(reply);
    return reply;
  };
  // What the server asks of a new device by itself comes a moment after its enrollment: a device that is early comes again.
  const isEarly = exchange.gets instanceof HandedOver && message['Status'] === 'Idle';
  const reply = isEarly ? await waitFor(exchange.gets.is, () => say().then(unlessEmpty)) : await say();
  exchange.gets.holds(reply, message, talk);
  await exchange.after?.(talk);
}

const unlessEmpty = (reply: Reply): Reply | undefined =>
  reply.status === 200 && reply.body === '' ? undefined : reply;

/** Returns the CommandUUID. */
export async function order(world: World, deviceId: string, command: Dict): Promise<string> {
  const path = `/v1/devices/${encodeURIComponent(deviceId)}/commands`;
  return (await world.api.ask(SentCommand, 'POST', path, { command })).commandId;
}

/** 200 with zero bytes, and no type of what is not there. */
export const nothing: Expected = {
  is: '200, zero bytes',
  holds: (reply) => expect(reply).toEqual({ status: 200, type: undefined, body: '' }),
};

/** Exactly this dict, as Apple's schema has the answer to this MessageType. */
export function dict(answer: Record<string, unknown>): Expected {
  return dictThat(`200, {${Object.keys(answer).join(', ')}}`, (value) => expect(value).toEqual(answer));
}

export function dictThat(is: string, holds: (answer: PlistDict) => void): Expected {
  return {
    is,
    holds(reply, message) {
      const answer = plistOf(reply);
      expect(answerFaults(apple, String(message['MessageType']), answer)).toEqual([]);
      holds(answer);
    },
  };
}

/** A sound command of this RequestType, and nothing beside it. */
class HandedOver implements Expected {
  readonly is: string;
  private readonly requestType: string;
  private readonly again: boolean;

  constructor(requestType: string, again: boolean) {
    this.requestType = requestType;
    this.again = again;
    this.is = `200, ${requestType}${again ? ' again, under the same CommandUUID' : ''}`;
  }

  holds(reply: Reply, _message: Dict, { commands }: Talk): void {
    const handed = plistOf(reply);
    const command = handed['Command'];
    expect(Object.keys(handed).toSorted()).toEqual(['Command', 'CommandUUID']);
    if (!isDict(command)) throw new Error('Command is no dict');
    expect(command['RequestType']).toBe(this.requestType);
    expect(validateCommand(command)).toEqual([]);
    const commandUuid = String(handed['CommandUUID']);
    expect(commandUuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
    expect(commands.get(this.requestType) === commandUuid).toBe(this.again);
    commands.set(this.requestType, commandUuid);
  }
}

export const command = (requestType: string): Expected => new HandedOver(requestType, false);
export const sameCommand = (requestType: string): Expected => new HandedOver(requestType, true);

/** A document of declarative management. */
export function document(name: Parameters<typeof validateDocument>[0], more: Record<string, unknown> = {}): Expected {
  return {
    is: `200, ${name}`,
    holds(reply) {
      expect(reply).toMatchObject({ status: 200, type: JSON_TYPE });
      const content: unknown = JSON.parse(reply.body);
      expect(validateDocument(name, content)).toEqual([]);
      expect(content).toMatchObject(more);
    },
  };
}

/** Our own words, which no device acts upon. */
export function refused(status: number, code: string): Expected {
  return {
    is: `${status} ${code}`,
    holds(reply) {
      expect(reply).toMatchObject({ status, type: JSON_TYPE });
      expect(JSON.parse(reply.body)).toMatchObject({ code, message: expect.any(String) });
    },
  };
}

/** Apple's words, at which a device leaves. */
export const unrecognized: Expected = {
  is: '403, Apple’s word for an unknown device',
  holds: (reply) =>
    expect(reply).toEqual({ status: 403, type: JSON_TYPE, body: '{"code":"com.apple.unrecognized.device"}' }),
};

const JSON_TYPE = 'application/json; charset=utf-8';

function plistOf(reply: Reply): PlistDict {
  expect(reply).toMatchObject({ status: 200, type: 'application/xml' });
  const value = parsePlist(reply.body);
  if (!isDict(value)) throw new Error('the answer is no dict');
  return value;
}
