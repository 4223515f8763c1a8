import {
  ApiError,
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterPage,
  RedrivenMany,
  RedriveMany,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryPage,
  WebhookDeliveryState,
  Webhooks,
  WebhookSpec,
} from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });
const failures = {
  '400': failure('The input is not valid; nothing was changed.'),
  '401': failure('No valid token.'),
  '404': failure('There is no such thing in this tenant.'),
  '503': failure('A service or server that is needed does not answer; try again.'),
};

function operation(
  summary: string,
  answer: z.ZodType,
  more: Omit<ZodOpenApiOperationObject, 'summary' | 'responses'> = {},
): ZodOpenApiOperationObject {
  return { summary, ...more, responses: { '200': { description: 'Done.', ...json(answer) }, ...failures } };
}

const paging = {
  cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};
const sequence = { requestParams: { path: z.object({ sequence: z.int() }) } };
const named = z.object({ name: z.string() });
const name = { requestParams: { path: named } };
const delivery = { requestParams: { path: z.object({ name: z.string(), eventId: z.guid() }) } };
const Retried = z.object({ retried: z.int() });
const ddmHeaders = z.object({
  'X-Enrollment-ID': z.string().meta({ description: 'Device id; of a user channel `<device>:<user>`.' }),
  'X-Enrollment-Type': z.string().optional(),
  'X-Enrollment-ParentID': z.string().optional(),
});
const ddm = (path?: z.ZodObject) => ({ requestParams: { header: ddmHeaders, ...(path ? { path } : {}) } });
const Document = z.record(z.string(), z.unknown());

export const webhookPaths: ZodOpenApiPathsObject = {
  '/v1/dead-letters': {
    get: operation('What services could not handle, newest first', DeadLetterPage, {
      requestParams: { query: DeadLetterFilter.extend(paging) },
    }),
  },
  '/v1/dead-letters/redrive': {
    post: operation('Give messages back to the services that failed, oldest first, up to 500 a call', RedrivenMany, {
      requestBody: { ...json(RedriveMany) },
    }),
  },
  '/v1/dead-letters/{sequence}': {
    get: operation('A dead letter with its payload', DeadLetterDetail, sequence),
    delete: operation('Remove a dead letter for good', DeadLetter, sequence),
  },
  '/v1/dead-letters/{sequence}/redrive': {
    post: operation('Give the message back to the service that failed', DeadLetter, sequence),
  },
  '/v1/webhooks': { get: operation('Webhooks, and how their deliveries stand', Webhooks) },
  '/v1/webhooks/{name}': {
    get: operation('One webhook', Webhook, name),
    put: operation('Create or replace a webhook', Webhook, {
      ...name,
      requestBody: { required: true, ...json(WebhookSpec) },
    }),
    delete: operation('Remove a webhook with all that waits for it', Webhook, name),
  },
  '/v1/webhooks/{name}/retry': { post: operation('Try again all that was given up', Retried, name) },
  '/v1/webhooks/{name}/deliveries': {
    get: operation('What waits for it or was given up, oldest first', WebhookDeliveryPage, {
      requestParams: { path: named, query: z.object({ ...paging, state: WebhookDeliveryState.optional() }) },
    }),
  },
  '/v1/webhooks/{name}/deliveries/{eventId}': {
    get: operation('One delivery with its body', WebhookDeliveryDetail, delivery),
    delete: operation('Take a delivery back for good', WebhookDelivery, delivery),
  },
  '/v1/webhooks/{name}/deliveries/{eventId}/retry': {
    post: operation('Try one event again at once', Retried, delivery),
  },
  '/v1/ddm/tokens': { get: operation("DDM hook: a device's tokens (NanoMDM `-dm`)", Document, ddm()) },
  '/v1/ddm/declaration-items': { get: operation('DDM hook: its declarations', Document, ddm()) },
  '/v1/ddm/declaration/{type}/{identifier}': {
    get: operation(
      'DDM hook: one declaration; 404 where the device is to drop it',
      Document,
      ddm(z.object({ type: z.string(), identifier: z.string() })),
    ),
  },
  '/v1/ddm/status': {
    put: operation('DDM hook: a status report', z.string().meta({ description: 'Empty.' }), {
      ...ddm(),
      requestBody: { required: true, ...json(Document) },
    }),
  },
};
