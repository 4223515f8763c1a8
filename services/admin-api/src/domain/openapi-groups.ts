import { ApiError, DevicePage, GroupSpec, GroupTest, GroupView, GroupViews } from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });
const failures = {
  '400': failure('The input is not valid; nothing was changed.'),
  '401': failure('No valid bearer token.'),
  '404': failure('There is no such thing in this tenant.'),
  '503': failure('A service that is needed does not answer; try again.'),
};

function operation(
  summary: string,
  answer: z.ZodType,
  more: Omit<ZodOpenApiOperationObject, 'summary' | 'responses'> = {},
): ZodOpenApiOperationObject {
  return { summary, ...more, responses: { '200': { description: 'Done.', ...json(answer) }, ...failures } };
}

const path = z.object({ name: z.string() });
const Body = GroupSpec.partial({ name: true }).meta({ id: 'GroupSpec' });
const requestBody = { required: true, ...json(Body) };
const page = z.object({
  cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const groupPaths: ZodOpenApiPathsObject = {
  '/v1/groups': { get: operation('Groups, and the policies that name them', GroupViews) },
  '/v1/groups/test': {
    post: operation('Count and show who would be a member of a group, without storing it', GroupTest, { requestBody }),
  },
  '/v1/groups/{name}': {
    get: operation('One group', GroupView, { requestParams: { path } }),
    put: operation('Create or replace a group: a new version', GroupView, { requestParams: { path }, requestBody }),
    delete: {
      ...operation('Remove a group', z.object({ name: z.string() }), { requestParams: { path } }),
      responses: {
        '200': { description: 'Done.', ...json(z.object({ name: z.string() })) },
        ...failures,
        '409': failure('A policy names it.'),
      },
    },
  },
  '/v1/groups/{name}/devices': {
    get: operation('Its members at this moment, by device id', DevicePage, { requestParams: { path, query: page } }),
  },
};
