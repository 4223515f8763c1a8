import {
  ApiError,
  CancelledCommand,
  ClearedQueue,
  CommandBatch,
  CommandBatchOrder,
  CommandOrder,
  CommandPage,
  SentCommand,
} from '@lamplighter/contracts';
import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';

const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const failure = (description: string) => ({ description, ...json(ApiError) });
const failures = {
  '400': failure('The input is not valid, or the device cannot take the command; nothing was changed.'),
  '401': failure('No valid token.'),
  '404': failure('There is no such device or command in this tenant.'),
  '503': failure('A service that is needed does not answer; try again.'),
};
const tooLarge = { '413': failure('The command is larger than the broker can carry; the message says the limit.') };
const done = (answer: z.ZodType, description = 'Done.') => ({ description, ...json(answer) });
const deviceId = z.object({ deviceId: z.string() });
const key = z.object({
  'Idempotency-Key': z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'The same key for the same device queues once: CommandUUIDs derive from it.' }),
});

export const commandPaths: ZodOpenApiPathsObject = {
  '/v1/devices/{deviceId}/commands': {
    post: {
      summary: 'Send a command to a device; committed to its queue before the answer',
      requestParams: { path: deviceId, header: key },
      requestBody: { required: true, ...json(CommandOrder) },
      responses: { '201': done(SentCommand, 'Queued, or known already.'), ...failures, ...tooLarge },
    },
    get: {
      summary: "A device's commands, newest first; each that waits says why",
      requestParams: {
        path: deviceId,
        query: z.object({
          state: z.enum(['pending', 'finished', 'all']).default('all'),
          cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
      },
      responses: { '200': done(CommandPage), ...failures },
    },
    delete: {
      summary: 'Clear its queue: every command that the device has not in hand is taken back',
      requestParams: { path: deviceId },
      responses: { '200': done(ClearedQueue), ...failures },
    },
  },
  '/v1/devices/{deviceId}/commands/{commandId}': {
    delete: {
      summary: 'Take back one command',
      requestParams: { path: z.object({ deviceId: z.string(), commandId: z.guid() }) },
      responses: {
        '200': done(CancelledCommand),
        ...failures,
        '409': failure('The device has it in hand and may still answer.'),
      },
    },
  },
  '/v1/command-batches': {
    post: {
      summary: 'Send one command to up to 10,000 devices; the answer says for each what came of it',
      requestParams: { header: key },
      requestBody: { required: true, ...json(CommandBatchOrder) },
      responses: { '200': done(CommandBatch), ...failures, ...tooLarge },
    },
  },
};
