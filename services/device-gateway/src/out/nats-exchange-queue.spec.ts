import { describe, expect, it } from '@jest/globals';
import type { Exchange, ExchangeReply } from '@lamplighter/contracts';
import { AppError } from '@lamplighter/contracts';
import { parseConfig, Requester } from '@lamplighter/runtime';
import { config } from '../config.ts';
import { NatsExchangeQueue } from './nats-exchange-queue.ts';

class FakeRequester extends Requester {
  readonly batches: Exchange[][] = [];
  constructor(private readonly answer: (batch: Exchange[]) => Promise<ExchangeReply[]>) {
    super();
  }
  override async request(_definition: unknown, input: unknown): Promise<never> {
    this.batches.push(input as Exchange[]);
    return (await this.answer(input as Exchange[])) as never;
  }
}

const settings = (more: Record<string, string> = {}) =>
  parseConfig('device-gateway', config, {
    LAMP_GATEWAY_TLS_CERT: 'c',
    LAMP_GATEWAY_TLS_KEY: 'k',
    LAMP_DEVICE_CA: 'a',
    ...more,
  });
const exchange = (deviceId: string, xml?: string): Exchange => ({
  tenant: 'default',
  deviceId,
  certificateHash: 'a'.repeat(64),
  receivedAt: '2026-11-20T02:00:00.000Z',
  ...(xml === undefined ? {} : { answer: { commandId: 'c', status: 'Acknowledged', payload: { xml } } }),
});
const empty = async (batch: Exchange[]) => batch.map(() => ({ outcome: 'empty' as const }));

describe('NatsExchangeQueue', () => {
  it('sends what arrives together in one request and gives each device its own reply', async () => {
    const requester = new FakeRequester(async (batch) =>
      batch.map(({ deviceId }) => ({ outcome: 'command', commandId: deviceId, requestType: 'X', command: '<dict/>' })),
    );
    const queue = new NatsExchangeQueue(requester, settings());
    const ids = Array.from({ length: 200 }, (_, n) => `D${n}`);
    const replies = await Promise.all(ids.map((id) => queue.exchange(exchange(id))));
    expect(replies).toMatchObject(ids.map((commandId) => ({ commandId })));
    expect(requester.batches).toHaveLength(1);
  });

  it('never puts more than 256 devices, or one device twice, into a request', async () => {
    const requester = new FakeRequester(empty);
    const queue = new NatsExchangeQueue(requester, settings());
    const ids = Array.from({ length: 700 }, (_, n) => `D${n % 600}`);
    await Promise.all(ids.map((id) => queue.exchange(exchange(id))));
    for (const batch of requester.batches) {
      expect(batch.length).toBeLessThanOrEqual(256);
      expect(new Set(batch.map(({ deviceId }) => deviceId)).size).toBe(batch.length);
    }
  });

  it('fails only the devices whose request failed', async () => {
    const large = 'x'.repeat(400_000);
    const requester = new FakeRequester(async (batch) => {
      if (batch.some(({ deviceId }) => deviceId === 'BAD')) throw new AppError('request.unavailable', 'nobody');
      return empty(batch);
    });
    const queue = new NatsExchangeQueue(requester, settings());
    const replies = await Promise.all(['A', 'BAD', 'C'].map((id) => queue.exchange(exchange(id, large))));
    expect(replies.map(({ outcome }) => outcome)).toEqual(['empty', 'unavailable', 'empty']);
  });

  it('turns further devices away at once while too many wait', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const requester = new FakeRequester(async (batch) => {
      await held;
      return empty(batch);
    });
    const queue = new NatsExchangeQueue(requester, settings({ LAMP_GATEWAY_MAX_WAITING: '2' }));
    const waiting = [queue.exchange(exchange('A')), queue.exchange(exchange('B'))];
    await expect(queue.exchange(exchange('C'))).rejects.toMatchObject({ code: 'gateway.overloaded' });
    release();
    expect(await Promise.all(waiting)).toHaveLength(2);
    expect(await queue.exchange(exchange('C'))).toEqual({ outcome: 'empty' });
  });
});
