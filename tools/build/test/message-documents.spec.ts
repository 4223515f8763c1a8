import { describe, expect, it } from '@jest/globals';
import { parsePlist, validateCommand } from '@lamplighter/apple';
import { decoderOf, messages } from '@lamplighter/contracts';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { asyncApiDocument } from '../documents/messages/asyncapi.ts';
import { messageDocuments } from '../documents/messages/documents.ts';
import { consumersOf, flows, producersOf } from '../documents/messages/flows.ts';
import { example, schemaDocument } from '../documents/messages/schemas.ts';
import { allMessages, jsonSchemaOf } from '../documents/messages/source.ts';

type Json = Record<string, unknown>;

function validator(schema: Json): (document: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (document) =>
    validate(document) ? [] : validate.errors!.map((each) => `${each.instancePath} ${each.message}`);
}

describe('the JSON Schemas', () => {
  it.each(allMessages.map((each) => [each.definition.name, each] as const))(
    'of %s takes its example, as the service does, with members that nobody knows',
    (_name, each) => {
      const validate = validator(schemaDocument(each));
      const sample = example(each);
      const [item] = sample['data'] as Json[];
      for (const taken of [sample, { ...sample, more: 1, data: [{ ...item, more: {} }] }, { ...sample, data: item }]) {
        expect(validate(taken)).toEqual([]);
        const arrival = { tenant: 'default', at: new Date() };
        expect(() => decoderOf(each.definition)(JSON.stringify(taken), arrival)).not.toThrow();
      }
      expect(validate({ ...sample, type: 'io.lamplighter.other.v1' })).not.toEqual([]);
      expect(validate({ ...sample, data: ['no item'] })).not.toEqual([]);
    },
  );

  it('come with an example of a command that Apple would take', () => {
    const [group] = example(allMessages.find(({ definition }) => definition.name === 'command.enqueue')!)['data'] as [
      { bodies: { command: string }[] },
    ];
    const command = parsePlist(`<plist version="1.0">${group.bodies[0]!.command}</plist>`);
    expect(validateCommand(command as Parameters<typeof validateCommand>[0])).toEqual([]);
  });

  it('close no object to further members', () => {
    for (const each of allMessages) {
      expect(JSON.stringify(schemaDocument(each))).not.toContain('additionalProperties');
    }
  });

  it('say what the docstrings say', () => {
    const enqueue = allMessages.find(({ definition }) => definition.name === 'command.enqueue')!;
    expect(enqueue.says).toMatch(/^Put these commands into their devices' queues\./);
    expect(jsonSchemaOf(enqueue.definition.item)).toMatchObject({
      properties: {
        expiresAt: { description: 'Never handed over from here on.' },
        bodies: { items: { properties: { command: { description: expect.stringContaining('Command dictionary') } } } },
      },
    });
  });
});

describe('the AsyncAPI document', () => {
  const require = createRequire(import.meta.url);
  const specification = require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
  const validate = validator(JSON.parse(readFileSync(specification, 'utf8')) as Json);
  const document = asyncApiDocument();

  it('is AsyncAPI 3.0', () => {
    expect(validate(document)).toEqual([]);
    expect(validate({ ...document, operations: { bad: { action: 'shout' } } })).not.toEqual([]);
  });

  it('points at nothing that is not there', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
    expect(refs.length).toBeGreaterThan(100);
    for (const path of new Set(refs)) {
      const found = path.split('/').reduce<unknown>((at, step) => (at as Json | undefined)?.[step], document);
      expect([path, found !== undefined]).toEqual([path, true]);
    }
  });

  it('has a channel for every message, and an operation for every service that sends or receives it', () => {
    const { channels, operations } = document as { channels: Json; operations: Json };
    for (const { name } of messages) expect(channels).toHaveProperty([name.replaceAll('.', '-')]);
    for (const { service, produces } of flows) {
      for (const name of produces) expect(operations).toHaveProperty([`${service}-send-${name.replaceAll('.', '-')}`]);
    }
  });
});

describe('what the services say to each other', () => {
  it('is read from their code', () => {
    const [queue] = flows.filter(({ service }) => service === 'command-queue');
    expect(queue!.consumes).toEqual(expect.arrayContaining(['command.enqueue', 'command.revoke', 'push.sent']));
    expect(queue!.produces).toEqual(expect.arrayContaining(['command.answered', 'device.enrolled', 'push.request']));
    expect(queue!.answers).toContain('command.exchange');
    expect(flows.find(({ service }) => service === 'device-gateway')!.asks).toContain('command.exchange');
  });

  it('leaves no event without a publisher, and no work without its one reader', () => {
    for (const { name, kind } of messages) {
      if (kind === 'event') expect([name, producersOf(name).length > 0]).toEqual([name, true]);
      else expect([name, consumersOf(name).length]).toEqual([name, 1]);
    }
  });

  it('is written down for people, for machines and for the broker', () => {
    expect(Object.keys(messageDocuments())).toEqual(
      expect.arrayContaining([
        'docs/events.md',
        'docs/asyncapi.json',
        'docs/schemas/command.enqueue.v1.json',
        'deploy/nats/services.conf',
      ]),
    );
  });
});
