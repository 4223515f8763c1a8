import {
  ApiError,
  Device,
  DevicePage,
  FleetSummary,
  HandOvers,
  PushCertificates,
  Rollout,
  RolloutAction,
  RolloutControlled,
  RolloutDevicePage,
  RolloutSummary,
  UpdateState,
} from '@lamplighter/contracts';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { catalogPaths } from './openapi-catalog.ts';
import { answerPaths } from './openapi-answers.ts';
import { agentPaths } from './openapi-agents.ts';
import { commandPaths } from './openapi-commands.ts';
import { groupPaths } from './openapi-groups.ts';
import { policyPaths } from './openapi-policies.ts';
import { sourcePaths } from './openapi-sources.ts';
import { declarationPaths } from './openapi-declarations.ts';
import { webhookPaths } from './openapi-webhooks.ts';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failures = {
  '400': { description: 'The input is not valid; nothing was changed.', ...json(ApiError) },
  '401': { description: 'No valid bearer token.', ...json(ApiError) },
  '404': { description: 'There is no such thing in this tenant.', ...json(ApiError) },
  '503': { description: 'A service that is needed does not answer; try again.', ...json(ApiError) },
};

interface Operation {
  summary: string;
  answer: z.ZodType;
  status?: '200' | '201';
  body?: z.ZodType;
  path?: z.ZodObject;
  query?: z.ZodObject;
}

function operation(given: Operation): ZodOpenApiOperationObject {
  const { summary, answer, status = '200', body, path, query } = given;
  return {
    summary,
    ...(body ? { requestBody: { required: true, ...json(body) } } : {}),
    ...(path || query ? { requestParams: { ...(path ? { path } : {}), ...(query ? { query } : {}) } } : {}),
    responses: { [status]: { description: 'Done.', ...json(answer) }, ...failures },
  };
}

const list = (item: z.ZodType) => z.object({ items: z.array(item) });
const paging = {
  cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};
const rolloutId = z.object({ rolloutId: z.guid() });
const control = z.object({ rolloutId: z.guid(), action: RolloutAction });
const Override = z
  .object({ override: z.boolean().optional() })
  .meta({ description: 'With resume: halted rings go on too, whatever the health gate says.' });

const paths = {
  ...policyPaths,
  '/v1/rollouts': {
    get: operation({
      summary: 'Rollouts, newest first',
      answer: list(RolloutSummary),
      query: z.object({ policyId: z.guid().optional() }),
    }),
  },
  '/v1/rollouts/{rolloutId}': {
    get: operation({
      summary: 'A rollout: states, reasons, windows, rate, predicted finish',
      answer: Rollout,
      path: rolloutId,
    }),
  },
  '/v1/rollouts/{rolloutId}/hand-overs': {
    get: operation({
      summary: 'When ScheduleOSUpdate was handed over, and how often after the stop; reads all commands of the rollout',
      answer: HandOvers,
      path: rolloutId,
    }),
  },
  '/v1/rollouts/{rolloutId}/devices': {
    get: operation({
      summary: "A rollout's devices",
      answer: RolloutDevicePage,
      path: rolloutId,
      query: z.object({ ...paging, state: UpdateState.optional() }),
    }),
  },
  '/v1/rollouts/{rolloutId}/{action}': {
    post: {
      ...operation({
        summary: 'Pause, resume, abort, or let it go as an emergency; abort also revokes what was not handed over',
        answer: RolloutControlled,
        path: control,
      }),
      requestBody: json(Override),
    },
  },
  '/v1/fleet': { get: operation({ summary: 'The fleet in numbers', answer: FleetSummary }) },
  '/v1/devices': {
    get: operation({
      summary: 'Devices',
      answer: DevicePage,
      query: z.object({
        ...paging,
        search: z.string().optional().meta({
          description:
            'What the device id (UDID or enrollment id), the serial number or the name begins with, in any case.',
        }),
      }),
    }),
  },
  '/v1/devices/{deviceId}': {
    get: operation({
      summary: 'A device and everything that happened to it',
      answer: Device,
      path: z.object({ deviceId: z.string() }),
    }),
  },
  ...groupPaths,
  ...answerPaths,
  ...agentPaths,
  ...commandPaths,
  ...declarationPaths,
  ...webhookPaths,
  ...sourcePaths,
  ...catalogPaths,
  '/v1/push-certificates': {
    get: operation({ summary: 'APNs MDM push certificates', answer: PushCertificates }),
    put: operation({
      summary: 'Upload a push certificate with its key; it is sealed and never shown again',
      answer: z.object({ topic: z.string(), notAfter: z.string() }),
      body: z.object({
        pem: z.string().meta({ description: 'PEM: certificate, then key.' }),
        force: z.boolean().optional().meta({ description: 'Also where it ends before the present one.' }),
      }),
    }),
  },
};

/** The REST API, described from the same schemas that check it. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Lamplighter',
      version: '1',
      description: 'OS updates for large Apple fleets, in their nightly windows.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  });
}
