import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, commandRevoke, type DeadLetterPage, derivedUuid, message } from '@lamplighter/contracts';
import { Consumer, JetStreamPublisher, PublishWindow } from '@lamplighter/messaging';
import { silentLog, waitFor } from '@lamplighter/testing';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

describe('/v1/dead-letters', () => {
  let bed: Bed;
  let refuses = true;
  const handled: string[] = [];

  beforeAll(async () => {
    bed = await startBed(() => true);
    const window = new PublishWindow(bed.broker);
    const consumer = new Consumer({
      definition: commandRevoke,
      broker: bed.broker,
      settling: { service: 'command-queue', window, log: silentLog },
      handler: async (batch) => {
        const causes = batch.flatMap(({ items }) => items.map((item) => (item as { cause: string }).cause));
        if (refuses) throw new AppError('spec.refused', `cannot revoke ${causes.join()}`);
        handled.push(...causes);
      },
    });
    await consumer.start();
    bed.broker.beforeClose(() => consumer.stop());
    const publisher = new JetStreamPublisher(window, bed.broker.prefix);
    for (const [cause, tenant] of [
      ['one', 'default'],
      ['two', 'default'],
      ['three', 'default'],
      ['theirs', 'other'],
    ] as const) {
      const head = { id: derivedUuid('spec', cause), tenant, at: new Date() };
      await publisher.publish(commandRevoke, message(commandRevoke, head, [{ cause }]), cause);
    }
    await waitFor('the letters', async () => (await list()).total === 3 && (await list('', other)).total === 1);
  });
  afterAll(() => bed?.stop());

  const other = { authorization: basic('x', TOKENS.other) };
  const list = async (query = '', sent = {}) =>
    (await bed.call(`/v1/dead-letters${query}`, sent)).json() as DeadLetterPage;
  const audit = async () =>
    (
      await bed.database.admin.query<{ action: string }>({ text: 'SELECT action FROM admin_api.audit ORDER BY at' })
    ).map(({ action }) => action);

  it('lists newest first, in pages, filtered, each tenant its own', async () => {
    const first = await list('?limit=2');
    expect(first.items.map(({ reason }) => reason)).toEqual(['cannot revoke three', 'cannot revoke two']);
    expect(first.items[0]).toMatchObject({ service: 'command-queue', message: 'command.revoke', code: 'spec.refused' });
    const rest = await list(`?limit=2&cursor=${first.next}`);
    expect([rest.items.length, rest.next, rest.total]).toEqual([1, null, 3]);
    expect(await list('?service=apns-push')).toEqual({ items: [], next: null, total: 0 });
    expect((await list('?message=command.revoke')).total).toBe(3);
    expect((await list('', other)).items.map(({ reason }) => reason)).toEqual(['cannot revoke theirs']);
  });

  it('shows the payload, and hides what is of another tenant', async () => {
    const [letter] = (await list()).items;
    const path = `/v1/dead-letters/${letter!.sequence}`;
    expect((await bed.call(path)).json()).toMatchObject({ ...letter, payload: { data: [{ cause: 'three' }] } });
    for (const method of ['GET', 'DELETE']) expect((await bed.call(path, { ...other, method })).status).toBe(404);
    expect((await bed.call(`${path}/redrive`, { ...other, method: 'POST' })).status).toBe(404);
    expect((await list()).total).toBe(3);
  });

  it.each(['?service=*', '?service=a.>', '?message=%3E', '?cursor=x', '?limit=0'])(
    'refuses the query %s',
    async (query) => {
      expect((await bed.call(`/v1/dead-letters${query}`)).status).toBe(400);
    },
  );

  it('redrives one, which comes back with its count, then all that match; discards for good, and notes who did', async () => {
    const oldest = (await list()).items.at(-1)!;
    await bed.call(`/v1/dead-letters/${oldest.sequence}/redrive`, { method: 'POST' });
    const back = await waitFor('it comes back', async () =>
      (await list()).items.find(({ redrives }) => redrives === 1),
    );
    expect(back).toMatchObject({ reason: oldest.reason, messageId: oldest.messageId });
    refuses = false;
    const gone = (await list()).items.at(-1)!;
    expect((await bed.call(`/v1/dead-letters/${gone.sequence}`, { method: 'DELETE' })).json()).toMatchObject(gone);
    expect((await bed.call(`/v1/dead-letters/${gone.sequence}`)).status).toBe(404);
    const many = await bed.call('/v1/dead-letters/redrive', {
      method: 'POST',
      body: '{"service":"command-queue"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(many.json()).toMatchObject({ redriven: 2, more: false });
    await waitFor('handled', () => handled.length === 2);
    expect(handled.toSorted()).toEqual(['one', 'three']);
    expect((await list()).total).toBe(0);
    expect((await list('', other)).total).toBe(1);
    expect(await audit()).toEqual(['dead-letter.redrive', 'dead-letter.discard', 'dead-letter.redrive']);
  });
});
