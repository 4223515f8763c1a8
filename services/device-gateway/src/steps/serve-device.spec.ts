import { describe, expect, it } from '@jest/globals';
import { acknowledgedFixture, idleFixture, signMdmBody, trustAnchors } from '@lamplighter/apple';
import type { AnswerPayload, Exchange, ExchangeReply } from '@lamplighter/contracts';
import { Requester, Tracer } from '@lamplighter/runtime';
import type { RecordedSpan } from '@lamplighter/runtime';
import { TestClock } from '@lamplighter/testing';
import { identityOf, newAuthority, newDevice } from '../../test/pki.ts';
import type { Config } from '../config.ts';
import type { DeviceRequest } from '../domain/device-request.ts';
import { AnswerPacker, Declarations, DeviceAuthorities, ExchangeQueue } from '../ports.ts';
import { AcceptCheckIn } from './accept-check-in.ts';
import { ConnectDevice } from './connect-device.ts';
import { IdentifyDevice } from './identify-device.ts';
import { ServeDevice } from './serve-device.ts';

const COMMAND = '11111111-2222-8333-8444-555555555555';
const ANSWERED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const HANDED_OVER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;

class FakeQueue extends ExchangeQueue {
  readonly seen: Exchange[] = [];
  constructor(private readonly reply: ExchangeReply) {
    super();
  }
  override async exchange(exchange: Exchange): Promise<ExchangeReply> {
    this.seen.push(exchange);
    return this.reply;
  }
}

class FakePacker extends AnswerPacker {
  override async pack(xml: Buffer): Promise<AnswerPayload> {
    return { xml: xml.toString() };
  }
}

class FakeTracer extends Tracer {
  readonly spans: [string, RecordedSpan][] = [];
  override record(name: string, span: RecordedSpan): void {
    this.spans.push([name, span]);
  }
}

class NoRequester extends Requester {
  override request(): Promise<never> {
    throw new Error('nothing is asked here');
  }
}

const authority = await newAuthority();
const device = await newDevice(authority);

class NoDeclarations extends Declarations {
  override async sync(): Promise<never> {
    throw new Error('nobody asks for declarations here');
  }
}

class FakeAuthorities extends DeviceAuthorities {
  override readonly options = { anchors: trustAnchors(authority.pem), allowSha1: false };
  override readonly pem = authority.pem;
  override reload(): void {}
}

function serving(reply: ExchangeReply) {
  const clock = new TestClock();
  const queue = new FakeQueue(reply);
  const tracer = new FakeTracer();
  const step = new ServeDevice(
    new IdentifyDevice(new FakeAuthorities()),
    new AcceptCheckIn(new NoRequester(), new NoDeclarations(), clock),
    new ConnectDevice(queue, new FakePacker(), new NoRequester(), clock),
    tracer,
    { LAMP_GATEWAY_MAX_PER_DEVICE: 2 } as Config,
  );
  return { step, queue, tracer };
}

function request(body: Buffer): DeviceRequest {
  return {
    tenant: 'default',
    contentType: 'application/x-apple-aspen-mdm',
    signature: signMdmBody(body, identityOf(device)),
    connection: {},
    clientCertificate: () => undefined,
    body,
  };
}

describe('ServeDevice', () => {
  it('stamps an exchange with the time of the installation', async () => {
    const { step, queue } = serving({ outcome: 'empty' });
    await step.run(request(idleFixture('D')));
    expect(queue.seen).toMatchObject([{ deviceId: 'D', receivedAt: '2026-11-20T02:00:00.000Z' }]);
    expect(queue.seen[0]).not.toHaveProperty('answer');
  });

  it('leaves a span in the trace of the answered command and in that of the next one', async () => {
    const { step, tracer } = serving({
      outcome: 'command',
      commandId: COMMAND,
      requestType: 'OSUpdateStatus',
      command: '<dict/>',
      traceparent: HANDED_OVER,
      answeredTraceparent: ANSWERED,
    });
    await step.run(request(acknowledgedFixture('earlier', 'D')));
    expect(tracer.spans.map(([name, { traceparent }]) => [name, traceparent])).toEqual([
      ['serve-device', ANSWERED],
      ['serve-device', HANDED_OVER],
    ]);
    const [, span] = tracer.spans[0]!;
    expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
    expect(span.attributes).toMatchObject({
      'lamp.device_id': 'D',
      'lamp.status': 'Acknowledged',
      'messaging.message.conversation_id': COMMAND,
    });
  });

  it('leaves one span where both commands share a trace, and none where nothing is traced', async () => {
    const shared = serving({
      outcome: 'command',
      commandId: COMMAND,
      requestType: 'OSUpdateStatus',
      command: '<dict/>',
      traceparent: ANSWERED,
      answeredTraceparent: ANSWERED,
    });
    await shared.step.run(request(acknowledgedFixture('earlier')));
    expect(shared.tracer.spans).toHaveLength(1);
    const untraced = serving({ outcome: 'empty' });
    await untraced.step.run(request(idleFixture()));
    expect(untraced.tracer.spans).toEqual([]);
  });

  it('escapes what it puts around a command', async () => {
    const { step } = serving({ outcome: 'command', commandId: 'a<b', requestType: 'X', command: '<dict/>' });
    expect((await step.run(request(idleFixture()))).body).toContain('<string>a&lt;b</string>');
  });

  it('serves few requests of one device at a time, and the next ones once those are answered', async () => {
    const { step, queue } = serving({ outcome: 'empty' });
    const busy = await Promise.allSettled([1, 2, 3].map(() => step.run(request(idleFixture()))));
    expect(busy.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(busy[2]).toMatchObject({ reason: { status: 503, code: 'device.too-many-at-once' } });
    expect(queue.seen).toHaveLength(2);
    await expect(step.run({ ...request(idleFixture()), contentType: 'text/plain' })).rejects.toMatchObject({
      status: 400,
    });
    for (let visit = 0; visit < 3; visit++)
      expect(await step.run(request(idleFixture()))).toMatchObject({ status: 200 });
  });

  it('checks the identity before it looks at the body', async () => {
    const { step, queue } = serving({ outcome: 'empty' });
    const forged = { ...request(idleFixture()), body: Buffer.from('not a plist') };
    await expect(step.run(forged)).rejects.toMatchObject({ status: 403, code: 'device.signature.digest-mismatch' });
    expect(queue.seen).toEqual([]);
  });
});
