import {
  ApiError,
  Catalog,
  CatalogFilter,
  CatalogImported,
  DeviceReleases,
  FeedKind,
  NewToken,
  TenantId,
  Token,
  Tokens,
  TokenSpec,
} from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });
const failures = {
  '400': failure('The input is not valid, or the feed is broken; nothing was changed.'),
  '401': failure('No valid bearer token.'),
  '403': failure('The token has no right over the whole installation.'),
  '404': failure('There is no such thing in this tenant.'),
  '503': failure('A service that is needed does not answer; try again.'),
};

function operation(
  summary: string,
  answer: z.ZodType,
  more: Omit<ZodOpenApiOperationObject, 'summary' | 'responses'> = {},
  status: '200' | '201' | '202' = '200',
): ZodOpenApiOperationObject {
  return { summary, ...more, responses: { [status]: { description: 'Done.', ...json(answer) }, ...failures } };
}

const Document = z.string().meta({
  description: "GDMF's document, SOFA's, or a software update catalogue, as it is served; gzip is taken too.",
});

export const catalogPaths: ZodOpenApiPathsObject = {
  '/v1/catalog': {
    get: operation(
      'The catalogue: releases, product keys of Macs, and the feeds it comes from with their state',
      Catalog,
      {
        requestParams: { query: CatalogFilter },
      },
    ),
    post: operation('Take in a feed for all tenants, in the place of its former copy', CatalogImported, {
      requestParams: {
        query: z.object({
          kind: FeedKind.optional().meta({ description: 'What it has to be. Default: told by its content.' }),
          name: z.string().optional().meta({ description: "The file's name: catalogues of seeds are known by it." }),
          force: z
            .stringbool({})
            .optional()
            .meta({ type: 'boolean', description: 'Also where it lost more than half.' }),
        }),
      },
      requestBody: { required: true, content: { 'application/octet-stream': { schema: Document } } },
    }),
  },
  '/v1/catalog/refresh': {
    post: operation(
      'Have feeds fetched now; what comes of it is in their state, some seconds later',
      z.object({ sources: z.array(z.string()) }),
      { requestBody: { required: false, ...json(z.object({ sources: z.array(z.string()).optional() })) } },
      '202',
    ),
  },
  '/v1/devices/{deviceId}/updates': {
    get: operation(
      "What the catalogue lists for the device's model beside what the device itself lists",
      DeviceReleases,
      {
        requestParams: { path: z.object({ deviceId: z.string() }) },
      },
    ),
  },
  '/v1/tokens': {
    get: operation(
      "The tenant's tokens, without themselves; of all tenants for a token of the whole installation",
      Tokens,
    ),
    post: operation(
      'Make a token; it is shown this once',
      NewToken,
      { requestBody: { required: true, ...json(TokenSpec) } },
      '201',
    ),
  },
  '/v1/tokens/{name}': {
    delete: operation('Revoke a token', Token, {
      requestParams: { path: z.object({ name: z.string() }), query: z.object({ tenant: TenantId.optional() }) },
    }),
  },
};
