import { messages, requestSubject, subjectFilter } from '@lamplighter/contracts';
import { answerBucket, deadStream, durableOf, inboxPrefix, streamOf } from '../../../../libs/messaging/src/names.ts';
import { wantedStreams } from '../../../../libs/messaging/src/streams.ts';
import { type Flow, flows } from './flows.ts';
import { allRequests } from './source.ts';

const PREFIX = 'lamp';
/** The one that puts the streams in place: without it nothing moves anyway. */
const MANAGER = 'command-queue';

const api = (...tokens: string[]) => ['$JS.API', ...tokens].join('.');
const bucket = answerBucket(PREFIX);
const bucketStream = `OBJ_${bucket}`;
const streams = wantedStreams({ prefix: PREFIX, replicas: 1, maxBytes: 1 }).map(({ name }) => name);

const messageOf = (name: string) => messages.find((each) => each.name === name)!;
const requestOf = (name: string) => allRequests.find((each) => each.definition.name === name)!.definition;

function consuming({ service, consumes, variableConsumers }: Flow): string[] {
  return consumes.flatMap((name) => {
    const stream = streamOf(PREFIX, messageOf(name));
    const durable = durableOf(service, name);
    return [
      api('CONSUMER.CREATE', stream, durable, subjectFilter(PREFIX, messageOf(name))),
      api('CONSUMER.MSG.NEXT', stream, durable),
      ...(variableConsumers ? [api('CONSUMER.INFO', stream, durable), api('CONSUMER.DELETE', stream, durable)] : []),
      `$JS.ACK.${stream}.${durable}.>`,
    ];
  });
}

function keepingStreams({ service }: Flow): string[] {
  const verbs = service === MANAGER ? ['INFO', 'CREATE', 'UPDATE'] : ['INFO'];
  const seen = service === MANAGER ? [...streams, bucketStream] : streams;
  return verbs.flatMap((verb) => seen.map((stream) => api('STREAM', verb, stream)));
}

function largeAnswers({ writesLargeAnswers, readsLargeAnswers }: Flow): string[] {
  const write = [`$O.${bucket}.C.>`, `$O.${bucket}.M.>`];
  // The client reads a large object through a consumer that it makes for it.
  const read = [
    api('CONSUMER.CREATE', bucketStream, '*', `$O.${bucket}.C.*`),
    api('CONSUMER.DELETE', bucketStream, '*'),
    `$JS.FC.${bucketStream}.>`,
  ];
  const both = [
    api('STREAM.INFO', bucketStream),
    api('STREAM.MSG.GET', bucketStream),
    api('DIRECT.GET', bucketStream, '>'),
  ];
  return [
    ...(writesLargeAnswers || readsLargeAnswers ? both : []),
    ...(writesLargeAnswers ? write : []),
    ...(readsLargeAnswers ? read : []),
  ];
}

/** Letters are read, redriven to any subject and removed. */
function deadLetters({ service, consumes, keepsDeadLetters }: Flow): string[] {
  const stream = deadStream(PREFIX);
  const box = [
    api('STREAM.MSG.GET', stream),
    api('STREAM.MSG.DELETE', stream),
    api('CONSUMER.CREATE', stream),
    ...['CREATE', 'INFO', 'MSG.NEXT', 'DELETE'].map((verb) => api('CONSUMER', verb, stream, '>')),
    ...messages.map((each) => subjectFilter(PREFIX, each)),
  ];
  return [...(consumes.length > 0 ? [`${PREFIX}.dead.*.${service}.>`] : []), ...(keepsDeadLetters ? box : [])];
}

/** Where replies go: below the inbox of whoever asks. */
function replying({ answers }: Flow): string[] {
  const askers = flows.filter(({ asks }) => asks.some((name) => answers.includes(name)));
  return askers.map(({ service }) => `${inboxPrefix(service)}.>`);
}

/** The NATS subjects that a service needs, and no more. */
export function permissionsOf(flow: Flow): { publish: string[]; subscribe: string[] } {
  const { service, produces, asks, answers } = flow;
  return {
    publish: [
      ...new Set([
        ...produces.map((name) => subjectFilter(PREFIX, messageOf(name))),
        ...asks.map((name) => requestSubject(PREFIX, requestOf(name))),
        ...replying(flow),
        ...consuming(flow),
        ...deadLetters(flow),
        ...largeAnswers(flow),
        ...keepingStreams(flow),
      ]),
    ],
    subscribe: [
      `${inboxPrefix(service)}.>`,
      // With the queue's name: no service hears what another is asked.
      ...answers.map((name) => `${requestSubject(PREFIX, requestOf(name))} ${service}`),
    ],
  };
}

const list = (subjects: readonly string[]) => subjects.map((subject) => `        "${subject}"`).join('\n');

/** The variable that holds a user's password. */
export const passwordOf = (user: string) => `LAMP_NATS_${user.toUpperCase().replaceAll('-', '_')}`;

/** deploy/nats/services.conf: one user for each service, for the prefix `lamp`. */
export function servicesConf(): string {
  const users = flows.map((flow) => {
    const { publish, subscribe } = permissionsOf(flow);
    return `  {
    user: "${flow.service}"
    password: $${passwordOf(flow.service)}
    permissions: {
      publish: [
${list(publish)}
      ]
      subscribe: [
${list(subscribe)}
      ]
    }
  }`;
  });
  return `# The users of Lamplighter's services, made from their code by \`npm run generate\`: what each publishes, consumes, asks and
# answers. All but ${MANAGER} run with LAMP_NATS_MANAGE_STREAMS=false. nats.conf includes this file.
users: [
${users.join('\n')}
  # A person, or a job of theirs: makes the durables of followers, looks at streams. No service uses it.
  { user: "operator", password: $${passwordOf('operator')} }
]
`;
}
