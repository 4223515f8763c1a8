import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Server } from 'node:https';
import { unknownTenant } from '../domain/refusal.ts';
import type { IssueEnrollmentProfile } from '../steps/issue-enrollment-profile.ts';
import type { DeviceConnections } from './device-connection.ts';

/** `GET /enroll` and `GET /enroll/:tenant`: for people with browsers, before a device is enrolled. */
export function enrollRoutes(
  server: FastifyInstance<Server>,
  connections: DeviceConnections,
  issue: IssueEnrollmentProfile,
): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const tenant = connections.tenantOf(request);
    if (tenant === undefined) throw unknownTenant();
    const query = request.query as Record<string, string | string[] | undefined>;
    const profile = issue.run({ tenant, token: one(query['token']), serial: one(query['serial']) });
    return (
      reply
        .header('content-type', 'application/x-apple-aspen-config')
        .header('content-disposition', 'attachment; filename="enroll.mobileconfig"')
        // It may hold a SCEP challenge.
        .header('cache-control', 'no-store')
        .send(profile)
    );
  };
  for (const url of ['/enroll', '/enroll/:tenant']) server.route({ method: 'GET', url, handler });
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
