import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const Failure = z.object({ error: z.string() });
const failure = (description: string) => ({ description, ...json(Failure) });
const failures = {
  '400': failure('The input is not valid, and what is wrong with it; nothing was changed.'),
  '401': failure('No valid token.'),
  '404': failure('There is no such thing in this tenant.'),
  '503': failure('A service that is needed does not answer; try again.'),
};

const Names = z.array(z.string());
const Declaration = z
  .object({
    Identifier: z.string(),
    Type: z.string(),
    Payload: z.record(z.string(), z.unknown()),
    ServerToken: z.string().optional().meta({ description: 'Derived from Type and Payload; what is sent is ignored.' }),
  })
  .meta({ id: 'Declaration' });
const listsBy = (item: z.ZodObject) => z.record(z.string(), z.array(item)).meta({ description: 'By enrollment id.' });
const Statuses = listsBy(
  z.object({
    identifier: z.string(),
    active: z.boolean(),
    valid: z.string(),
    'server-token': z.string(),
    ManifestType: z.string(),
    current: z.boolean().meta({ description: 'Whether the device has the content that there is now.' }),
    status_received: z.iso.datetime(),
    reasons: z.array(z.unknown()).optional(),
    status_id: z.string().optional().meta({ description: 'Of the report; absent where that is kept no more.' }),
  }),
);
const reported = { timestamp: z.iso.datetime(), status_id: z.string().optional() };
const Errors = listsBy(z.object({ path: z.string(), error: z.unknown(), ...reported }));
const Values = listsBy(z.object({ path: z.string(), value: z.string(), ...reported }));

const instant = z.iso.datetime().nullable();
const DeviceDeclarations = z
  .object({
    deviceId: z.string(),
    servedBy: z.enum(['lamplighter', 'elsewhere', 'unknown']).meta({
      description:
        'Where it asks for its declarations. `elsewhere`: it is enrolled with another MDM server and has never asked here. `unknown`: it has never asked.',
    }),
    source: z.string().nullable().meta({ description: 'The other MDM server that it is enrolled with.' }),
    capabilities: z.enum(['told', 'presumed', 'unknown']).meta({
      description:
        "By what it is known what the device takes: it has told itself, what every device of its OS takes by Apple's schema, or not at all.",
    }),
    identifiers: Names.meta({ description: 'What it is to have.' }),
    leftOut: Names.meta({ description: 'What is assigned, and it does not take or is not known to take.' }),
    isInSync: z.boolean().nullable().meta({
      description: 'Whether it has fetched the newest list; null: there is none, or it has fetched none yet.',
    }),
    toldAt: instant,
    syncedAt: instant,
    reportedAt: instant,
    assignments: z.array(z.object({ cause: z.string(), set: z.string().nullable(), since: z.iso.datetime() })),
  })
  .meta({ id: 'DeviceDeclarations' });

const nonotify = {
  nonotify: z.string().optional().meta({ description: '`1` or `true`: devices are not told of the change.' }),
};
const path = (...names: string[]) => z.object(Object.fromEntries(names.map((name) => [name, z.string()])));

function read(summary: string, answer: z.ZodType, of: z.ZodObject = path(), query = z.object({})) {
  const responses = { '200': { description: 'Done.', ...json(answer) }, ...failures };
  return { summary, requestParams: { path: of, query }, responses } satisfies ZodOpenApiOperationObject;
}

function change(summary: string, of: z.ZodObject, query: Record<string, z.ZodType> = {}, body?: z.ZodType) {
  return {
    summary,
    requestParams: { path: of, query: z.object({ ...query, ...nonotify }) },
    ...(body ? { requestBody: { required: true, ...json(body) } } : {}),
    responses: {
      '204': { description: 'Changed; its devices are told.' },
      '304': { description: 'Nothing to change.' },
      '409': failure('Something else holds it.'),
      ...failures,
    },
  } satisfies ZodOpenApiOperationObject;
}

const declaration = { declaration: z.string() };
const set = { set: z.string() };
const many = z.array(z.string()).optional();
const ids = path('ids');

/** KMFDDM's. */
export const declarationPaths: ZodOpenApiPathsObject = {
  '/v1/declarations': {
    get: read('Identifiers of all declarations', Names),
    put: change("Store a declaration; Apple's schema is held against it", path(), {}, Declaration),
  },
  '/v1/declarations/{id}': {
    get: read('A declaration, as devices get it', Declaration, path('id')),
    put: change('Store this declaration', path('id'), {}, Declaration),
    delete: change('Delete a declaration that no set holds', path('id')),
  },
  '/v1/declarations/{id}/touch': { post: change('Have every device fetch a declaration again', path('id')) },
  '/v1/sets': { get: read('Names of all sets', Names) },
  '/v1/declaration-sets/{id}': { get: read('Sets that hold a declaration', Names, path('id')) },
  '/v1/set-declarations/{name}': {
    get: read('Declarations of a set', Names, path('name')),
    put: change('Put a declaration into a set', path('name'), declaration),
    delete: change('Take a declaration out of a set', path('name'), declaration),
  },
  '/v1/enrollment-sets/{id}': {
    get: read('Sets of a device or user channel', Names, path('id')),
    put: change('Give a device a set', path('id'), set),
    delete: change('Take a set back from a device', path('id'), set),
  },
  '/v1/group-sets/{group}': {
    get: read('Sets of a group', Names, path('group')),
    put: change('Give the members of a group a set, whoever they are from now on', path('group'), set),
    delete: change('Take a set back from the members of a group', path('group'), set),
  },
  '/v1/enrollment-sets-all/{id}': { delete: change('Take all sets back from a device', path('id')) },
  '/v1/notify': {
    post: change('Send devices their tokens, whether anything changed for them or not', path(), {
      id: many,
      set: many,
      declaration: many,
    }),
  },
  '/v1/device-declarations/{id}': {
    get: read('What a device has by declarations, and what is kept from it', DeviceDeclarations, path('id')),
  },
  '/v1/declaration-status/{ids}': { get: read('What devices say of each declaration', Statuses, ids) },
  '/v1/status-errors/{ids}': { get: read('Errors that devices reported', Errors, ids) },
  '/v1/status-values/{ids}': {
    get: read('Status items that devices reported', Values, ids, z.object({ prefix: z.string().optional() })),
  },
  '/v1/status-report/{id}': {
    get: read(
      'A status report as it came',
      z.record(z.string(), z.unknown()),
      path('id'),
      z.object({ index: z.coerce.number().int().optional(), status_id: z.string().optional() }),
    ),
  },
};
