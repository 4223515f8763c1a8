import { AgentReports, AgentReportsTaken, ApiError } from '@lamplighter/contracts';
import type { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });

export const agentPaths: ZodOpenApiPathsObject = {
  '/v1/agent-reports': {
    post: {
      summary: 'Reports of agents on devices: evidence for "why has this device not updated?"; all are taken or none',
      requestBody: { required: true, ...json(AgentReports) },
      responses: {
        '200': { description: 'Taken; they cannot be lost any more.', ...json(AgentReportsTaken) },
        '400': failure(
          'Not valid, or of a device that is not known; each report at fault is named, nothing was taken.',
        ),
        '401': failure('No valid token.'),
        '503': failure('The broker does not answer; try again.'),
      },
    },
  },
};
