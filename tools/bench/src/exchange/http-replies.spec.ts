import { acknowledgedRequest, commandIdIn, idleRequest } from './device-messages.ts';
import { deviceIdOf } from './device-ids.ts';
import { HttpReplies } from './http-replies.ts';
import { commandPlist, parseConnect, parsePlist } from '@lamplighter/apple';

const reply = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('the load on one connection', () => {
  it('reads replies in whatever pieces they come', () => {
    const replies = new HttpReplies();
    const bytes = Buffer.from(reply('<plist/>') + reply(''));
    const read = [...bytes].map((byte) => replies.push(Buffer.of(byte))).filter((one) => one !== undefined);
    expect(read).toEqual([
      { status: 200, body: '<plist/>' },
      { status: 200, body: '' },
    ]);
  });

  it('refuses a reply whose length it is not told', () => {
    expect(() => new HttpReplies().push(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('without Content-Length');
  });

  it('says what devices say', () => {
    const device = deviceIdOf(7);
    const bodyOf = (request: string) => parseConnect(parsePlist(Buffer.from(request.split('\r\n\r\n')[1]!)));
    expect(bodyOf(idleRequest(device))).toMatchObject({ status: 'Idle', ids: { udid: device } });
    expect(bodyOf(acknowledgedRequest(device, 'c-1'))).toMatchObject({ status: 'Acknowledged', commandUuid: 'c-1' });
  });

  it('finds the command that a reply hands over', () => {
    expect(commandIdIn(commandPlist('c-1', '<dict></dict>'))).toBe('c-1');
    expect(commandIdIn('')).toBeUndefined();
  });
});
