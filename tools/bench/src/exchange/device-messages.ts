import { acknowledgedFixture, idleFixture, UPDATE_RESULTS } from '@lamplighter/apple';

const idle = idleFixture('DEVICE').toString();
const acknowledged = acknowledgedFixture('COMMAND', 'DEVICE', { ...UPDATE_RESULTS }).toString();

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
