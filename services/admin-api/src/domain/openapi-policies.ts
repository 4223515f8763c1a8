import {
  ApiError,
  Applied,
  ApplyOrder,
  DryRun,
  Exported,
  FindingKind,
  FindingPage,
  Findings,
  Name,
  NamedWindow,
  Policy,
  PolicySpec,
  ResourceKind,
  SpecVersions,
  StoredPolicy,
  TenantState,
  WindowSpec,
  WindowView,
  WindowViews,
} from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });
const failures = {
  '400': failure('The input is not valid; nothing was changed. `fields` names every field at fault.'),
  '401': failure('No valid bearer token.'),
  '404': failure('There is no such thing in this tenant.'),
  '409': failure('It is in use.'),
  '413': failure('More than is taken at once.'),
  '503': failure('A service that is needed does not answer; try again.'),
};

function operation(
  summary: string,
  answer: z.ZodType,
  more: Omit<ZodOpenApiOperationObject, 'summary' | 'responses'> = {},
  status: '200' | '201' = '200',
): ZodOpenApiOperationObject {
  return { summary, ...more, responses: { [status]: { description: 'Done.', ...json(answer) }, ...failures } };
}

const PolicyAnswer = Policy.meta({ id: 'Policy' });
const policySpec = json(PolicySpec.meta({ id: 'PolicySpec' }));
const policyBody = { requestBody: { required: true, ...policySpec } };
const policyId = z.object({ policyId: z.guid() });
const onPolicy = { requestParams: { path: policyId } };
const named = { requestParams: { path: z.object({ name: z.string() }) } };
const WindowBody = WindowSpec.safeExtend({ name: Name.optional(), description: NamedWindow.shape.description }).meta({
  id: 'WindowSpec',
});
const Schema = z.record(z.string(), z.unknown());
const paging = {
  cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};
const pausing = z.enum(['pause', 'resume']);

export const policyPaths: ZodOpenApiPathsObject = {
  '/v1/policies': {
    get: operation('All policies', z.object({ items: z.array(PolicyAnswer) })),
    post: operation('Create a policy', StoredPolicy, policyBody, '201'),
  },
  '/v1/policies/dry-run': {
    post: operation(
      'What a policy that is not stored would do with the fleet now; nothing is changed',
      DryRun,
      policyBody,
    ),
  },
  '/v1/policies/{policyId}/dry-run': {
    post: operation('What a policy would do with the fleet now; nothing is changed', DryRun, {
      ...onPolicy,
      requestBody: {
        description: 'A spec in the place of the stored one.',
        ...policySpec,
      },
    }),
  },
  '/v1/policies/{policyId}': {
    get: operation('One policy', PolicyAnswer, onPolicy),
    put: operation('Replace a policy: a new version', StoredPolicy, { ...onPolicy, ...policyBody }),
    delete: operation(
      'Remove a policy; refused while a window of it is open, unless its rollout is to be aborted',
      PolicyAnswer,
      {
        requestParams: { path: policyId, query: z.object({ abort: z.enum(['true', 'false']).default('false') }) },
      },
    ),
  },
  '/v1/policies/{policyId}/versions': {
    get: operation(
      'What each version of a policy said, newest first; also of one that was removed',
      SpecVersions,
      onPolicy,
    ),
  },
  '/v1/policies/{policyId}/{action}': {
    post: operation(
      'Pause or resume a policy: while paused it opens no window and releases no wave; what devices have taken is followed',
      PolicyAnswer,
      { requestParams: { path: policyId.extend({ action: pausing }) } },
    ),
  },
  '/v1/windows': { get: operation('Windows that policies name', WindowViews) },
  '/v1/windows/{name}': {
    get: operation('One window', WindowView, named),
    put: operation('Create or replace a window; a new version also of the policies that name it', WindowView, {
      ...named,
      requestBody: { required: true, ...json(WindowBody) },
    }),
    delete: operation('Remove a window that no policy names', z.object({ name: z.string() }), named),
  },
  '/v1/windows/{name}/versions': {
    get: operation('What each version of a window said, newest first', SpecVersions, named),
  },
  '/v1/groups/{name}/versions': {
    get: operation('What each version of a group said, newest first', SpecVersions, named),
  },
  '/v1/apply': {
    post: operation(
      'Create, replace and remove groups, windows and policies: all of them, or none where anything is wrong',
      Applied,
      { requestBody: { required: true, ...json(ApplyOrder) } },
    ),
  },
  '/v1/export': { get: operation('All groups, windows and policies, as `/v1/apply` takes them', Exported) },
  '/v1/schemas': {
    get: operation(
      'The kinds of resources',
      z.object({ items: z.array(z.object({ kind: ResourceKind, path: z.string() })) }),
      { security: [] },
    ),
  },
  '/v1/schemas/{kind}': {
    get: operation('JSON Schema of a resource, for editors', Schema, {
      security: [],
      requestParams: { path: z.object({ kind: ResourceKind }) },
    }),
  },
  '/v1/findings': {
    get: operation('What the watchdog has found and what it did about it, by device', FindingPage, {
      requestParams: { query: z.object({ ...paging, kind: FindingKind.optional() }) },
    }),
  },
  '/v1/devices/{deviceId}/findings': {
    get: operation('The same for one device, with what has cleared lately', Findings, {
      requestParams: { path: z.object({ deviceId: z.string() }) },
    }),
  },
  '/v1/tenant': { get: operation('Whether all policies of the tenant are paused', TenantState) },
  '/v1/tenant/{action}': {
    post: operation('Pause or resume all policies of the tenant at once', TenantState, {
      requestParams: { path: z.object({ action: pausing }) },
    }),
  },
};
