import { asyncApiDocument } from './asyncapi.ts';
import { eventsPage } from './events-page.ts';
import { servicesConf } from './permissions.ts';
import { schemaDocument, schemaFile } from './schemas.ts';
import { allMessages } from './source.ts';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The files that say what travels over NATS, by their paths. */
export function messageDocuments(): Record<string, string> {
  return {
    'docs/events.md': eventsPage(),
    'docs/asyncapi.json': json(asyncApiDocument()),
    ...Object.fromEntries(
      allMessages.map((each) => [`docs/schemas/${schemaFile(each.definition)}`, json(schemaDocument(each))]),
    ),
    'deploy/nats/services.conf': servicesConf(),
  };
}
