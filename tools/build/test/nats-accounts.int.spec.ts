import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppError,
  CLOUD_EVENT,
  cloudEventType,
  commandEnqueue,
  type Message,
  type RequestDefinition,
  requestSubject,
} from '@lamplighter/contracts';
import { AckPolicy, jetstream, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { brokerAtHand, type OwnServer, quiet, until } from '../../../libs/messaging/test/broker.ts';
import { Consumer } from '../../../libs/messaging/src/consumer.ts';
import { Consumers } from '../../../libs/messaging/src/consumers.ts';
import { DeadLetterBox } from '../../../libs/messaging/src/dead-letter-box.ts';
import { NatsRequester } from '../../../libs/messaging/src/requests.ts';
import { serveRequest } from '../../../libs/messaging/src/responder.ts';
import { flows, producersOf, services } from '../documents/messages/flows.ts';
import { allMessages, allRequests } from '../documents/messages/source.ts';
import { Member, sampleMessage, startSample, stranger } from './accounts.ts';

(brokerAtHand(true) ? describe : describe.skip)('the sample NATS configuration', () => {
  let server: OwnServer;
  let members: Record<string, Member>;
  let operator: { nc: NatsConnection; manager: JetStreamManager };
  const strangers: NatsConnection[] = [];
  const consumers = new Map<string, Consumer>();
  const got = new Map<string, Message<unknown>[]>();

  beforeAll(async () => {
    server = await startSample();
    // All at once: who may not touch the streams waits until they are there.
    const joined = await Promise.all(services.map((service) => Member.join(server.url, service)));
    members = Object.fromEntries(joined.map((member) => [member.service, member]));
    const { nc } = await stranger(server.url, 'operator');
    operator = { nc, manager: await jetstreamManager(nc, { checkAPI: false }) };
  });

  afterAll(async () => {
    await Promise.all([...consumers.values()].map((consumer) => consumer.stop()));
    await Promise.all(strangers.map((nc) => nc.close()));
    await operator?.nc.close();
    await Promise.all(Object.values(members ?? {}).map(({ broker }) => broker.close()));
    await server.stop();
  });

  /** Who may ask whom is the question here, not what. */
  const bare = ({ name }: RequestDefinition) => ({ name, input: z.unknown(), output: z.unknown() });
  const join = async (user: string) => {
    const joined = await stranger(server.url, user);
    strangers.push(joined.nc);
    return joined;
  };
  const theirs = (more: object = {}) =>
    JSON.stringify({
      specversion: '1.0',
      id: randomBytes(8).toString('hex'),
      source: '/theirs',
      type: cloudEventType(commandEnqueue),
      data: sampleMessage('command.enqueue', 'acme').sample.items,
      ...more,
    });
  const enqueueOn = (tenant: string) => `lamp.work.${tenant}.command.enqueue.0`;
  const storedOn = async (stream: string, subject: string) => {
    const { state } = await operator.manager.streams.info(stream, { subjects_filter: subject });
    return Object.values(state.subjects ?? {}).reduce((all, each) => all + each, 0);
  };

  it('lets every service consume what it consumes and publish what it produces', async () => {
    for (const { service, consumes } of flows) {
      for (const name of consumes) {
        const { broker, window } = members[service]!;
        const seen: Message<unknown>[] = [];
        got.set(`${service} ${name}`, seen);
        const consumer = new Consumer({
          definition: allMessages.find(({ definition }) => definition.name === name)!.definition,
          broker,
          settling: { service, window, log: quiet },
          handler: async (batch) => {
            if (batch.some(({ tenant }) => tenant === 'poison')) throw new AppError('spec.poison', 'not wanted');
            seen.push(...batch);
          },
        });
        consumers.set(`${service} ${name}`, consumer);
        await consumer.start();
      }
    }
    for (const { service, produces } of flows) for (const name of produces) await members[service]!.publish(name);
    for (const [key, seen] of got) {
      if (producersOf(key.split(' ')[1]!).length > 0) await until(() => seen.length > 0, key);
    }
    expect(Object.values(members).flatMap(({ refused }) => refused)).toEqual([]);
  });

  it('lets every service ask what it asks and be answered', async () => {
    const responders = flows.flatMap(({ service, answers }) =>
      allRequests
        .filter(({ definition }) => answers.includes(definition.name))
        .map(({ definition }) => {
          const { broker } = members[service]!;
          return serveRequest({
            definition: bare(definition),
            handler: async () => service,
            service,
            broker,
            log: quiet,
          });
        }),
    );
    await Promise.all(Object.values(members).map(({ broker }) => broker.nc.flush()));
    const asked: string[] = [];
    for (const { service, asks } of flows) {
      for (const { definition } of allRequests.filter((each) => asks.includes(each.definition.name))) {
        const answering = flows.find(({ answers }) => answers.includes(definition.name))?.service;
        if (answering === undefined) continue;
        const requester = new NatsRequester(members[service]!.broker);
        expect(await requester.request(bare(definition), 'a question')).toBe(answering);
        asked.push(definition.name);
      }
    }
    expect(asked).toContain('command.exchange');
    expect(Object.values(members).flatMap(({ refused }) => refused)).toEqual([]);
    await Promise.all(responders.map((responder) => responder.stop()));
  });

  it('lets every consumer set aside what it cannot handle', async () => {
    for (const { service, produces } of flows) {
      const made = produces.find((name) => flows.some((flow) => flow.consumes.includes(name)));
      if (made) await members[service]!.publish(made, 'poison');
    }
    await until(async () => (await storedOn('LAMP_DEAD', 'lamp.dead.poison.>')) >= 3, 'dead letters');
    expect(Object.values(members).flatMap(({ refused }) => refused)).toEqual([]);
  });

  it('lets who keeps the dead letters read, redrive and discard them', async () => {
    for (const { service } of flows.filter(({ keepsDeadLetters }) => keepsDeadLetters)) {
      const { broker, window, refused } = members[service]!;
      const box = new DeadLetterBox(broker, window);
      const [first, second] = await box.newest({ tenant: 'poison' }, 10);
      expect(first).toMatchObject({ tenant: 'poison', code: 'spec.poison' });
      expect(await box.redrive('poison', first!.sequence)).toMatchObject({ sequence: first!.sequence });
      expect(await box.discard('poison', second!.sequence)).toBe(true);
      expect(refused).toEqual([]);
    }
    expect(flows.filter(({ keepsDeadLetters }) => keepsDeadLetters)).toHaveLength(1);
  });

  it('lets consumers come and go where they do', async () => {
    for (const { service, consumes } of flows.filter(({ variableConsumers }) => variableConsumers)) {
      const { broker, window, refused } = members[service]!;
      // Of work there is one consumer, for good.
      const { definition } = allMessages.find(
        ({ definition: { name, kind } }) => kind === 'event' && consumes.includes(name),
      )!;
      await consumers.get(`${service} ${definition.name}`)!.stop();
      const some = new Consumers(service, broker, window, quiet);
      await some.forget(definition);
      const again = await some.start(definition, async () => {}, { from: new Date() });
      await again.stop();
      await some.forget(definition);
      expect(refused).toEqual([]);
    }
  });

  it('lets a large answer through from the gateway to status ingestion', async () => {
    const large = randomBytes(2_000_000);
    const packed = await members['device-gateway']!.answers.pack(large);
    expect(Object.keys(packed)).toEqual(['ref']);
    expect((await members['status-ingestion']!.answers.unpack(packed)).equals(large)).toBe(true);
  });

  it("refuses a service what is another's", async () => {
    const { broker, refused, window } = members['apns-push']!;
    const send = { subject: enqueueOn('acme'), messageId: 'x', payload: Buffer.from('{}') };
    await expect(window.send(send)).rejects.toMatchObject({ code: 'publish.unconfirmed' });
    broker.nc.subscribe('lamp.event.>', { callback: () => {} });
    broker.nc.subscribe('_INBOX.>', { callback: () => {} });
    broker.nc.subscribe('lamp.request.command.exchange', { queue: 'apns-push', callback: () => {} });
    broker.nc.publish('$JS.API.STREAM.DELETE.LAMP_EVENTS');
    broker.nc.publish('$JS.API.CONSUMER.MSG.NEXT.LAMP_COMMANDS.command-queue-command-enqueue');
    for (const what of [
      'Publish to "lamp.work.acme.command.enqueue.0"',
      'Subscription to "lamp.event.>"',
      'Subscription to "_INBOX.>"',
      'Subscription to "lamp.request.command.exchange"',
      'Publish to "$JS.API.STREAM.DELETE.LAMP_EVENTS"',
      'Publish to "$JS.API.CONSUMER.MSG.NEXT.LAMP_COMMANDS.command-queue-command-enqueue"',
    ]) {
      await until(() => refused.some((each) => each.includes(what)), what);
    }
  });

  it('takes a command of a tenant once, however often it is published', async () => {
    const { nc, refused } = await join('acme-publisher');
    const js = jetstream(nc, { checkAPI: false });
    const seen = got.get('command-queue command.enqueue')!;
    const id = randomBytes(8).toString('hex');
    const stamped = headers();
    stamped.set('content-type', CLOUD_EVENT);
    const send = () => js.publish(enqueueOn('acme'), theirs({ id }), { msgID: `theirs:${id}`, headers: stamped });
    expect(await send()).toMatchObject({ stream: 'LAMP_COMMANDS', duplicate: false });
    expect(await send()).toMatchObject({ duplicate: true });
    await until(() => seen.some((each) => each.id === id), 'the command at the queue');
    expect(seen.filter((each) => each.id === id)).toMatchObject([{ tenant: 'acme', items: [{ cause: 'inventory' }] }]);
    expect(refused).toEqual([]);
  });

  it("keeps a publisher out of another tenant's subjects, and out of its own tenant's events", async () => {
    const { nc, refused } = await join('acme-publisher');
    nc.publish(enqueueOn('beta'), theirs());
    nc.publish('lamp.event.beta.device.observed.0', theirs());
    nc.publish('lamp.event.acme.command.answered.0', theirs());
    nc.publish('lamp.request.policy.put', '{}');
    for (const subject of ['lamp.event.beta.>', 'lamp.work.beta.>', 'lamp.event.acme.>', '>']) {
      nc.subscribe(subject, { callback: () => {} });
    }
    for (const what of [
      `Publish to "${enqueueOn('beta')}"`,
      'Publish to "lamp.event.beta.device.observed.0"',
      'Publish to "lamp.event.acme.command.answered.0"',
      'Publish to "lamp.request.policy.put"',
      'Subscription to "lamp.event.beta.>"',
      'Subscription to "lamp.work.beta.>"',
      'Subscription to "lamp.event.acme.>"',
      'Subscription to ">"',
    ]) {
      await until(() => refused.some((each) => each.includes(what)), what);
    }
    expect(await storedOn('LAMP_COMMANDS', 'lamp.work.beta.>')).toBe(0);
  });

  it('sets a command aside that says it is of another tenant', async () => {
    const { nc } = await join('acme-publisher');
    const id = randomBytes(8).toString('hex');
    await jetstream(nc, { checkAPI: false }).publish(enqueueOn('acme'), theirs({ id, tenant: 'beta' }));
    await until(async () => (await storedOn('LAMP_DEAD', 'lamp.dead.acme.>')) === 1, 'the dead letter');
    const letter = await operator.manager.streams.getMessage('LAMP_DEAD', { last_by_subj: 'lamp.dead.acme.>' });
    expect(letter?.header.get('Lamp-Code')).toBe('message.wrong-tenant');
    expect(got.get('command-queue command.enqueue')!.some((each) => each.id === id)).toBe(false);
  });

  it('lets a follower hear its tenant live, and read and settle it from the stream', async () => {
    await operator.manager.consumers.add('LAMP_EVENTS', {
      durable_name: 'acme-follower',
      filter_subject: 'lamp.event.acme.>',
      ack_policy: AckPolicy.Explicit,
    });
    const { nc, refused } = await join('acme-follower');
    const heard: string[] = [];
    nc.subscribe('lamp.event.acme.>', { callback: (_error, msg) => void heard.push(msg.subject) });
    await nc.flush();
    await members['apns-push']!.publish('push.sent', 'beta');
    await members['update-scheduler']!.publish('wave.released', 'acme', 'live');
    await until(() => heard.length > 0, 'an event');
    expect(heard).toEqual([expect.stringMatching(/^lamp\.event\.acme\.wave\.released\.\d+$/)]);

    const consumer = await jetstream(nc, { checkAPI: false, apiPrefix: 'LAMP.API' }).consumers.get(
      'LAMP_EVENTS',
      'acme-follower',
    );
    const subjects: string[] = [];
    for await (const each of await consumer.fetch({ max_messages: 5, expires: 5_000 })) {
      subjects.push(each.subject);
      each.ack();
    }
    expect(subjects.length).toBe(5);
    for (const subject of subjects) expect(subject).toMatch(/^lamp\.event\.acme\./);
    const settled = async () => (await operator.manager.consumers.info('LAMP_EVENTS', 'acme-follower')).ack_floor;
    await until(async () => (await settled()).consumer_seq === 5, 'all settled');
    expect(refused).toEqual([]);
  });

  it('lets a follower do nothing else', async () => {
    const { nc, refused } = await join('acme-follower');
    nc.publish(enqueueOn('acme'), theirs());
    nc.publish('lamp.event.acme.device.observed.0', theirs());
    nc.publish('$JS.API.STREAM.DELETE.LAMP_EVENTS');
    nc.publish('$JS.API.STREAM.PURGE.LAMP_EVENTS');
    nc.publish('$JS.API.CONSUMER.CREATE.LAMP_EVENTS.mine.lamp.event.beta.>', '{}');
    nc.publish('LAMP.API.CONSUMER.MSG.NEXT.LAMP_EVENTS.update-scheduler-device-observed');
    nc.subscribe('lamp.event.beta.>', { callback: () => {} });
    for (const what of [
      `Publish to "${enqueueOn('acme')}"`,
      'Publish to "lamp.event.acme.device.observed.0"',
      'Publish to "$JS.API.STREAM.DELETE.LAMP_EVENTS"',
      'Publish to "$JS.API.STREAM.PURGE.LAMP_EVENTS"',
      'Publish to "$JS.API.CONSUMER.CREATE.LAMP_EVENTS.mine.lamp.event.beta.>"',
      'Publish to "LAMP.API.CONSUMER.MSG.NEXT.LAMP_EVENTS.update-scheduler-device-observed"',
      'Subscription to "lamp.event.beta.>"',
    ]) {
      await until(() => refused.some((each) => each.includes(what)), what);
    }
  });

  it("lets no follower have the broker deliver its events to another tenant's queue", async () => {
    const { nc } = await join('acme-follower');
    await members['update-scheduler']!.publish('update.advanced', 'acme', 'another');
    const before = (await operator.manager.streams.info('LAMP_COMMANDS')).state.last_seq;
    nc.publish('LAMP.API.CONSUMER.MSG.NEXT.LAMP_EVENTS.acme-follower', '1', { reply: enqueueOn('beta') });
    // Its own next pull comes after that one, and is served.
    const consumer = await jetstream(nc, { checkAPI: false, apiPrefix: 'LAMP.API' }).consumers.get(
      'LAMP_EVENTS',
      'acme-follower',
    );
    expect((await consumer.next({ expires: 5_000 }))?.subject).toMatch(/^lamp\.event\.acme\./);
    expect((await operator.manager.streams.info('LAMP_COMMANDS')).state.last_seq).toBe(before);
  });

  it('keeps requests among our services', async () => {
    const { nc, refused } = await join('beta-publisher');
    const subject = requestSubject(
      'lamp',
      allRequests.find(({ definition }) => definition.name === 'command.put')!.definition,
    );
    nc.publish(subject, '{}');
    await until(() => refused.some((each) => each.includes(`Publish to "${subject}"`)), subject);
  });
});
