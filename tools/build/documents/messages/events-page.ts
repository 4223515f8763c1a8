import { messages, type MessageDefinition, subjectFilter } from '@lamplighter/contracts';
import { streamOf } from '../../../../libs/messaging/src/names.ts';
import { wantedStreams } from '../../../../libs/messaging/src/streams.ts';
import { consumersOf, flows, producersOf } from './flows.ts';
import { example, schemaFile } from './schemas.ts';
import { allMessages, allRequests, type Documented } from './source.ts';

const PREFIX = 'lamp';
const NANOS_A_DAY = 86_400_000_000_000;

const list = (names: readonly string[]) => names.join(', ') || 'others';
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const shown = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
const messageOf = (name: string) => allMessages.find(({ definition }) => definition.name === name)!;

function streamTable(): string {
  const rows = wantedStreams({ prefix: PREFIX, replicas: 1, maxBytes: 1 }).map(
    ({ name, subjects, retention, max_age }) => [
      `\`${name}\``,
      subjects.map((subject) => `\`${subject}\``).join(', '),
      retention === 'workqueue' ? 'until it is done' : `${Number(max_age) / NANOS_A_DAY} days`,
      retention === 'workqueue' ? 'refuses more' : 'loses the oldest',
    ],
  );
  return table(['Stream', 'Subjects', 'Kept', 'When full'], rows);
}

function section(each: Documented<MessageDefinition>): string {
  const { definition, says } = each;
  const { name, kind } = definition;
  return `### ${name}

${says}

${table(
  ['Subject', 'Stream', 'Published by', 'Handled by', 'Schema'],
  [
    [
      `\`<prefix>.${kind}.<tenant>.${name}.<partition>\``,
      `\`${streamOf(PREFIX, definition)}\``,
      list(producersOf(name)),
      list(consumersOf(name)),
      `[${schemaFile(definition)}](schemas/${schemaFile(definition)})`,
    ],
  ],
)}

<details><summary>Example</summary>

${shown(example(each))}

</details>`;
}

function requestTable(): string {
  const rows = allRequests.map(({ definition: { name }, says }) => [
    `\`${name}\``,
    list(flows.filter(({ asks }) => asks.includes(name)).map(({ service }) => service)),
    list(flows.filter(({ answers }) => answers.includes(name)).map(({ service }) => service)),
    says.replaceAll('|', String.raw`\|`),
  ]);
  return table(['Request', 'Asked by', 'Answered by', 'What for'], rows);
}

const intro = `# Messages

What the services say to each other over NATS JetStream, and how other systems listen and take part. Made from the contracts
(\`libs/contracts\`) and the services' code by \`npm run generate\`; the same for machines: [asyncapi.json](asyncapi.json) (AsyncAPI 3)
and a JSON Schema (draft 7) for each message in [schemas](schemas). A sample server configuration with an account for each tenant is in
[deploy/nats](../deploy/nats/README.md); the commands below speak to it as its users.`;

const wire = `## On the wire

Every message is one [CloudEvent](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md) 1.0 in structured mode: JSON, with
the header \`content-type: application/cloudevents+json\`. The \`data\` is a batch.

${shown(example(messageOf('command.enqueued')))}

${table(
  ['Attribute', 'In our messages', 'In yours'],
  [
    ['`specversion`', '`1.0`', 'required'],
    ['`id`', 'derived from the cause: the same at every repeat', 'required; at most 200 characters'],
    ['`source`', '`/lamplighter/<message name>`', 'required; your own'],
    ['`type`', '`io.lamplighter.<message name>.v<version>`', 'required; exactly that'],
    ['`time`', 'when it happened', 'optional: its arrival, where it is absent'],
    ['`tenant`', 'always', "optional: the tenant of the subject; **another tenant than the subject's is refused**"],
    ['`traceparent`', 'where one trace covers the whole batch', 'optional'],
    ['`datacontenttype`', '`application/json`', 'optional; JSON alone, no `data_base64`'],
    ['`data`', 'an array of items', 'an array, or one item'],
  ],
)}

Attributes and members that nobody knows are ignored, and releases add members without a new version: ignore what you do not know. A
changed meaning is a new version, which is a new type. A message of a type or version that its reader does not know, of another shape,
or of another tenant than its subject's becomes a dead letter with the reason; it is never half done.`;

function subjects(): string {
  return `## Subjects and streams

\`<prefix>.<event|work>.<tenant>.<message name>.<partition>\`. The prefix is \`LAMP_NATS_PREFIX\` (\`${PREFIX}\`), the tenant \`default\` where
there is one. The partition is a number from 0 to 63 that we derive from the device or batch; nothing depends on it, so that a
publisher may take any: 0 is fine. Readers use wildcards: \`${subjectFilter(PREFIX, messages[0])}\`.

${streamTable()}

*Events* say what happened; anyone may read them. *Work* is to be done once and is gone then; only its one reader consumes it.`;
}

const promises = `## What is promised

- **At least once.** State and the messages that it causes commit together; a message is published until the broker confirms it. It may
  come twice: drop what you have seen by \`source\` and \`id\`. The broker drops repeats of a \`Nats-Msg-Id\` within five minutes by itself.
- **Order** holds among the messages that one process publishes, as far as nothing fails and is tried again. Do not build on it:
  items carry the instant (\`at\`, \`receivedAt\`, …) that says which is newer.
- **A batch** holds up to 1,000 items and stays below 1 MiB.
- **Nothing vanishes.** What a service cannot handle lies in \`LAMP_DEAD\` with the reason, 30 days long; \`GET /v1/dead-letters\` shows it,
  and it can be handed to that service again.`;

const follow = `## Following what happened

Live, and only while you listen:

\`\`\`sh
nats --user acme-follower --password "$PASSWORD" --inbox-prefix _INBOX.acme-follower sub 'lamp.event.acme.>'
\`\`\`

Without gaps: an operator makes a durable consumer, once; the follower reads from it and confirms what it has done.

\`\`\`sh
nats --user operator --password "$OPERATOR" consumer add LAMP_EVENTS acme-follower \\
  --filter 'lamp.event.acme.>' --pull --ack explicit --deliver all --defaults
nats --user acme-follower --password "$PASSWORD" --inbox-prefix _INBOX.acme-follower --js-api-prefix LAMP.API \\
  consumer next LAMP_EVENTS acme-follower --count 10
\`\`\`

In code it is any JetStream client with that API prefix (for nats.js: \`jetstream(nc, { apiPrefix: 'LAMP.API', checkAPI: false })\`) and
that inbox prefix. A follower that is away for longer than the stream keeps its events has lost the oldest.`;

function send(): string {
  const command = example(messageOf('command.enqueue'));
  return `## Sending commands

Publish \`command.enqueue\` on your tenant's subject, and wait for the broker's confirmation: it is stored then, and will be handled.

\`\`\`sh
nats --user acme-publisher --password "$PASSWORD" --inbox-prefix _INBOX.acme-publisher \\
  request -H content-type:application/cloudevents+json -H Nats-Msg-Id:inventory-2026-11-22 \\
  lamp.work.acme.command.enqueue.0 "$(cat command.json)"
{"stream":"LAMP_COMMANDS", "seq":71}
\`\`\`

\`command.json\`, where \`tenant\` may be left out:

${shown({ ...command, source: '/acme/inventory', tenant: 'acme' })}

- No confirmation within a few seconds: publish again with the **same** \`Nats-Msg-Id\` and \`id\`. A repeat within five minutes is
  confirmed with \`"duplicate": true\` and not stored; a later one changes nothing either, since its \`commandId\`s are known. The ids share
  one stream with ours: begin them with your system's name.
- \`bodyId\`: a UUID that stands for exactly this \`command\` text in your tenant, for as long as you use it. \`commandId\`: a UUID for each
  device and command. At most 1,000 commands in a message.
- What becomes of it follows as events: \`command.enqueued\` (or, of many at once, \`commands.enqueued\`), \`push.sent\`, \`command.answered\`, or \`command.ended\` with the outcome and
  the reason, also where the device's queue refuses it (not enrolled, not for its OS, …).
- \`command.revoke\` takes back what still waits of a \`cause\`.
- \`webhook.receive\` hands on what another MDM server heard from its devices: the events that it sends to webhooks.
- What you know of a device may be published as \`device.observed\`: the scheduler takes it for the device's own word. Give that right
  to systems alone that you trust with the tenant's rollouts.`;
}

/** docs/events.md. */
export function eventsPage(): string {
  const of = (kind: MessageDefinition['kind']) =>
    allMessages.filter(({ definition }) => definition.kind === kind).map(section);
  return `${[
    intro,
    wire,
    subjects(),
    promises,
    follow,
    send(),
    `## Work\n\n${of('work').join('\n\n')}`,
    `## Events\n\n${of('event').join('\n\n')}`,
    `## Requests

Where a device or an operator waits, services ask each other on \`<prefix>.request.<name>\`: plain JSON, no CloudEvents, for our services
alone. Others use the REST API.

${requestTable()}`,
  ].join('\n\n')}\n`;
}
