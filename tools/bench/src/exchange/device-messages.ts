import { acknowledgedFixture, idleFixture, UPDATE_RESULTS } from '@lamplighter/apple';
import type { HttpReply } from './http-replies.ts';

const idle = idleFixture('DEVICE').toString();
const acknowledged = acknowledgedFixture('COMMAND', 'DEVICE', { ...UPDATE_RESULTS }).toString();

/** What one device does on a connection. */
export interface Session {
  readonly first: string;
  /** The request after a reply; undefined at the end. Throws where the reply is not what the session promises. */
  after(reply: HttpReply): string | undefined;
}

/** Idle → command → Acknowledged → empty. */
export function exchangeSession(deviceId: string): Session {
  let commandId: string | undefined;
  return {
    first: idleRequest(deviceId),
    after({ status, body }) {
      const next = commandIdIn(body);
      if (status !== 200 || (next === undefined) === (commandId === undefined)) {
        throw new Error(`${deviceId} got ${status} "${body.slice(0, 200)}" to its ${commandId ?? 'Idle'}`);
      }
      commandId = next;
      return next === undefined ? undefined : acknowledgedRequest(deviceId, next);
    },
  };
}

/** Requests as bytes on the wire. Cut from templates: the load must cost less than what it measures. */
export function idleRequest(deviceId: string): string {
  return request(idle.replace('DEVICE', deviceId));
}

export function acknowledgedRequest(deviceId: string, commandId: string): string {
  return request(acknowledged.replace('DEVICE', deviceId).replace('COMMAND', commandId));
}

function request(body: string): string {
  return `PUT /mdm HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-apple-aspen-mdm\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** The CommandUUID of a reply that hands a command over; undefined for others. */
export function commandIdIn(body: string): string | undefined {
  return /<key>CommandUUID<\/key><string>([^<]+)<\/string>/.exec(body)?.[1];
}
