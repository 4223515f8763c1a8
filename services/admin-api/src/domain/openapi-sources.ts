import { ApiError, RelayedEvent, Source, Sources, SourceSpec } from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });
const failures = {
  '400': failure('The input is not valid; nothing was changed.'),
  '401': failure('No valid token or signature.'),
  '404': failure('There is no such source in this tenant.'),
  '503': failure('A service or server that is needed does not answer; try again.'),
};

function operation(
  summary: string,
  answer: z.ZodType,
  more: Omit<ZodOpenApiOperationObject, 'summary' | 'responses'> = {},
): ZodOpenApiOperationObject {
  return { summary, ...more, responses: { '200': { description: 'Done.', ...json(answer) }, ...failures } };
}

const Taken = z.string().meta({ description: 'Empty: it cannot be lost any more.' });
const name = { requestParams: { path: z.object({ name: z.string() }) } };
// Made once: each call would make another schema of the same id, which the document refuses.
const Event = RelayedEvent.meta({ id: 'RelayedEvent' });
const event = (path: z.ZodObject) => ({
  requestParams: { path, header: z.object({ 'X-Hmac-Signature': z.string().optional() }) },
  requestBody: { required: true, ...json(Event) },
});

export const sourcePaths: ZodOpenApiPathsObject = {
  '/v1/sources': { get: operation('MDM servers beside this one, and how they do', Sources) },
  '/v1/sources/{name}': {
    get: operation('One source', Source, name),
    put: operation('Create or replace a source; its keys are sealed and never shown again', Source, {
      ...name,
      requestBody: { required: true, ...json(SourceSpec) },
    }),
    delete: operation('Remove a source; its devices stay known', Source, name),
  },
  '/v1/webhook/{source}': {
    post: operation(
      "Take an event of another MDM server, in MicroMDM's format: signed, with a token, or from a source that needs neither",
      Taken,
      { ...event(z.object({ source: z.string() })), security: [{ bearer: [] }, {}] },
    ),
  },
  '/v1/webhook/{tenant}/{source}': {
    post: operation('The same, of another tenant than `default`', Taken, {
      ...event(z.object({ tenant: z.string(), source: z.string() })),
      security: [{ bearer: [] }, {}],
    }),
  },
};
