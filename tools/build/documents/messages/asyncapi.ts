import { CLOUD_EVENT, type MessageDefinition } from '@lamplighter/contracts';
import { flows } from './flows.ts';
import { example, wireSchema } from './schemas.ts';
import { allMessages, allRequests, type Documented, jsonSchemaOf } from './source.ts';

type Json = Record<string, unknown>;

const prefix = { description: 'LAMP_NATS_PREFIX.', default: 'lamp' };
const tenant = { description: "The tenant's key; `default` where there is one.", default: 'default' };
const partition = {
  description: 'From 0 to 63; any will do, 0 is fine. Ours follows from the device or batch that the message is of.',
  default: '0',
};

/** `command.enqueue` → `command-enqueue`: keys of AsyncAPI that others refer to hold no dots. */
const key = (name: string) => name.replaceAll('.', '-');

function messageChannels(): Json {
  const one = ({ definition, says }: Documented<MessageDefinition>) => ({
    address: `{prefix}.${definition.kind}.{tenant}.${definition.name}.{partition}`,
    title: definition.name,
    description: says,
    parameters: {
      prefix: { $ref: '#/components/parameters/prefix' },
      tenant: { $ref: '#/components/parameters/tenant' },
      partition: { $ref: '#/components/parameters/partition' },
    },
    messages: { [key(definition.name)]: { $ref: `#/components/messages/${key(definition.name)}` } },
    tags: [{ name: definition.kind }],
  });
  return Object.fromEntries(allMessages.map((each) => [key(each.definition.name), one(each)]));
}

/** Requests are for the services themselves: plain JSON, no CloudEvents, open to nobody else. */
function requestChannels(): Json {
  return Object.fromEntries(
    allRequests.flatMap(({ definition: { name }, says }) => [
      [
        `request-${key(name)}`,
        {
          address: `{prefix}.request.${name}`,
          title: name,
          description: says,
          parameters: { prefix: { $ref: '#/components/parameters/prefix' } },
          messages: { request: { $ref: `#/components/messages/request-${key(name)}` } },
          tags: [{ name: 'request' }],
        },
      ],
      [
        `reply-${key(name)}`,
        { address: null, messages: { reply: { $ref: `#/components/messages/reply-${key(name)}` } } },
      ],
    ]),
  );
}

function operations(): Json {
  const channel = (name: string) => ({ $ref: `#/channels/${name}` });
  return Object.fromEntries(
    flows.flatMap(({ service, produces, consumes, asks, answers }) => {
      const tags = [{ name: service }];
      const reply = (name: string) => ({
        address: { location: '$message.header#/reply', description: "The request's reply subject." },
        channel: channel(`reply-${key(name)}`),
      });
      const way = (action: 'send' | 'receive', names: readonly string[]) =>
        names.map((name) => [`${service}-${action}-${key(name)}`, { action, channel: channel(key(name)), tags }]);
      const held = (action: 'send' | 'receive', names: readonly string[]) =>
        names.map((name) => [
          `${service}-${action === 'send' ? 'ask' : 'answer'}-${key(name)}`,
          { action, channel: channel(`request-${key(name)}`), reply: reply(name), tags },
        ]);
      return [
        ...way('send', produces),
        ...way('receive', consumes),
        ...held('send', asks),
        ...held('receive', answers),
      ];
    }),
  );
}

function components(): Json {
  const message = (each: Documented<MessageDefinition>) => ({
    name: each.definition.name,
    title: each.definition.name,
    summary: each.says,
    contentType: CLOUD_EVENT,
    headers: {
      type: 'object',
      properties: {
        'Nats-Msg-Id': {
          type: 'string',
          description: 'What was stored under it within five minutes is not stored again.',
        },
        'content-type': { type: 'string', const: CLOUD_EVENT },
      },
    },
    payload: { $ref: `#/components/schemas/${key(each.definition.name)}` },
    examples: [{ headers: { 'content-type': CLOUD_EVENT }, payload: example(each) }],
  });
  const plain = (name: string, schema: Json) => ({ name, contentType: 'application/json', payload: schema });
  return {
    parameters: { prefix, tenant, partition },
    messages: {
      ...Object.fromEntries(allMessages.map((each) => [key(each.definition.name), message(each)])),
      ...Object.fromEntries(
        allRequests.flatMap(({ definition: { name, input, output } }) => [
          [`request-${key(name)}`, plain(name, jsonSchemaOf(input))],
          [`reply-${key(name)}`, plain(`${name} (reply)`, jsonSchemaOf(output))],
        ]),
      ),
    },
    schemas: Object.fromEntries(
      allMessages.flatMap((each) => {
        const name = key(each.definition.name);
        const item = jsonSchemaOf(each.definition.item);
        return [
          [name, wireSchema(each, `#/components/schemas/${name}-item`)],
          [`${name}-item`, item],
        ];
      }),
    ),
  };
}

/** What the services say to each other over NATS, and others to them (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lamplighter',
      version: '1',
      description:
        'Messages over NATS JetStream, each a CloudEvent 1.0 in structured mode. docs/events.md says how to read and send them.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: CLOUD_EVENT,
    servers: { nats: { host: 'localhost:4222', protocol: 'nats', description: 'LAMP_NATS_URL.' } },
    channels: { ...messageChannels(), ...requestChannels() },
    operations: operations(),
    components: components(),
  };
}
