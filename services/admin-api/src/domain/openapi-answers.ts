import { ApiError, DevicePolicies, PolicyForecast, RolloutReasons, Why } from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });

function question(summary: string, answer: z.ZodType, path: z.ZodObject): ZodOpenApiOperationObject {
  return {
    summary,
    requestParams: { path },
    responses: {
      '200': { description: 'Done.', ...json(answer) },
      '400': failure('The input is not valid.'),
      '401': failure('No valid bearer token.'),
      '404': failure('There is no such thing in this tenant.'),
      '503': failure('A service that is needed does not answer; try again.'),
    },
  };
}

const device = z.object({ deviceId: z.string() });
const deviceOrSerial = z.object({ deviceId: z.string().meta({ description: 'Device id, or serial number.' }) });

export const answerPaths: ZodOpenApiPathsObject = {
  '/v1/devices/{deviceId}/policies': {
    get: question('Every policy: whether it takes the device in, why not, and which one holds', DevicePolicies, device),
  },
  '/v1/devices/{deviceId}/why': {
    get: question(
      'Why the device has not updated: a verdict, what happens next, and the evidence',
      Why,
      deviceOrSerial,
    ),
  },
  '/v1/policies/{policyId}/forecast': {
    get: question(
      'How many devices the next windows of a policy would send to, at which rate, and whether they fit',
      PolicyForecast,
      z.object({ policyId: z.guid() }),
    ),
  },
  '/v1/rollouts/{rolloutId}/reasons': {
    get: question(
      'Why devices of a rollout have not updated: reasons with counts; reads all its devices',
      RolloutReasons,
      z.object({ rolloutId: z.guid() }),
    ),
  },
};
