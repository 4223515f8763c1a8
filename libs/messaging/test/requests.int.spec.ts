import { AppError, defineRequest, Failure } from '@lamplighter/contracts';
import { z } from 'zod';
import type { Broker } from '../src/connection.ts';
import { NatsRequester } from '../src/requests.ts';
import { type RequestHandler, type Responder, serveRequest } from '../src/responder.ts';
import { brokerAtHand, connectTo, leave, quiet, testServer } from './broker.ts';

const ask = defineRequest('spec.ask', z.object({ n: z.int() }), z.object({ twice: z.int() }));
const put = defineRequest('spec.put', z.object({ n: z.int() }), z.union([z.object({ ok: z.int() }), Failure]));

(brokerAtHand() ? describe : describe.skip)('a request', () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let broker: Broker;
  let requester: NatsRequester;
  const responders: Responder[] = [];

  beforeAll(async () => {
    server = await testServer();
    broker = await connectTo(server.url);
    requester = new NatsRequester(broker);
  });
  afterEach(() => Promise.all(responders.splice(0).map((each) => each.stop())));
  afterAll(async () => {
    await leave(broker);
    await server.stop();
  });

  async function serve(definition: typeof ask | typeof put, handler: RequestHandler): Promise<Responder> {
    const responder = serveRequest({ definition, handler, service: 'spec', broker, log: quiet });
    responders.push(responder);
    await broker.nc.flush();
    return responder;
  }

  it('is answered by one of the processes that serve it', async () => {
    let calls = 0;
    const twice: RequestHandler = async (input) => {
      calls++;
      return { twice: (input as { n: number }).n * 2 };
    };
    await serve(ask, twice);
    await serve(ask, twice);
    expect(await requester.request(ask, { n: 21 })).toEqual({ twice: 42 });
    expect(calls).toBe(1);
  });

  it('is unavailable at once when nobody serves it', async () => {
    // Within the time of a test, hence long before the time of the request is up.
    await expect(requester.request(ask, { n: 1 }, 60_000)).rejects.toMatchObject({
      code: 'request.unavailable',
      outcome: 'retry',
    });
  });

  it('is unavailable when the time is up', async () => {
    let release = () => {};
    await serve(ask, () => new Promise((resolve) => (release = () => resolve({ twice: 0 }))));
    await expect(requester.request(ask, { n: 1 }, 100)).rejects.toMatchObject({
      code: 'request.unavailable',
    });
    release();
  });

  it("throws the other side's AppError here", async () => {
    await serve(ask, async () => {
      throw new AppError('spec.no', 'not – today', { outcome: 'drop', remedy: 'ask tomorrow' });
    });
    const error = await requester.request(ask, { n: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'spec.no',
      message: 'not – today',
      outcome: 'drop',
      remedy: 'ask tomorrow',
    });
  });

  it('replies with the failure where its contract has one', async () => {
    await serve(put, async () => {
      throw new AppError('spec.no', 'no', { fields: [{ path: 'n', message: 'too odd' }] });
    });
    const reply = await requester.request(put, { n: 1 });
    expect(reply).toEqual({
      error: { code: 'spec.no', message: 'no', fields: [{ path: 'n', message: 'too odd' }] },
    });
  });

  it('keeps the text of an unforeseen error to the log of its service', async () => {
    await serve(ask, async () => {
      throw new Error('password=hunter2');
    });
    const error = (await requester.request(ask, { n: 1 }).catch((thrown: unknown) => thrown)) as AppError;
    expect(error.code).toBe('internal');
    expect(JSON.stringify(error.toBody())).not.toContain('hunter2');
  });

  it('says that its input cannot be stored where the database says so', async () => {
    await serve(ask, async () => {
      throw Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), { code: '22021' });
    });
    await expect(requester.request(ask, { n: 1 })).rejects.toMatchObject({ code: 'input.invalid' });
  });

  it('whose answer or error is larger than a message is answered all the same, with what there is room for', async () => {
    await serve(put, async (input) => {
      if ((input as { n: number }).n === 1) return { ok: 'x'.repeat(2_000_000) };
      const fields = Array.from({ length: 50_000 }, (_, index) => ({ path: `resources.${index}`, message: 'wrong' }));
      throw new AppError('input.invalid', 'resources.0: wrong', { outcome: 'drop', remedy: 'correct them', fields });
    });
    expect(await requester.request(put, { n: 1 })).toMatchObject({ error: { code: 'reply.too-large' } });
    const failure = await requester.request(put, { n: 2 });
    expect(failure).toMatchObject({ error: { code: 'input.invalid', remedy: 'correct them' } });
    expect('error' in failure && failure.error.message).toContain('the first 20 of 50000 fields');
  });

  it('with an input of another shape never reaches the handler', async () => {
    let calls = 0;
    await serve(ask, async () => ({ twice: ++calls }));
    await expect(requester.request(ask, { n: 'x' } as unknown as { n: number })).rejects.toMatchObject({
      code: 'request.invalid',
      fields: [{ path: 'n' }],
    });
    expect(calls).toBe(0);
  });

  it('in hand is answered before its service stops', async () => {
    let release = () => {};
    let begun = () => {};
    const started = new Promise<void>((resolve) => (begun = resolve));
    const responder = await serve(ask, () => {
      begun();
      return new Promise((resolve) => (release = () => resolve({ twice: 2 })));
    });
    const reply = requester.request(ask, { n: 1 });
    await started;
    const stopped = responder.stop();
    release();
    await stopped;
    expect(await reply).toEqual({ twice: 2 });
  });
});
