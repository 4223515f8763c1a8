import { z } from 'zod';
import { AgentFacts } from '../events/agent.ts';
import { DeviceId, Instant } from '../ids.ts';

/** What agents on devices report: at most 1,000 reports at a time. All are taken, or none is. */
export const AgentReports = z
  .strictObject({
    reports: z
      .array(
        z.strictObject({
          ...AgentFacts.shape,
          deviceId: DeviceId,
          /** When it was so; the time of its arrival where it is left out. */
          at: Instant.optional(),
        }),
      )
      .min(1)
      .max(1000),
  })
  .meta({ id: 'AgentReports' });
export type AgentReports = z.infer<typeof AgentReports>;

/** They cannot be lost any more. */
export const AgentReportsTaken = z.object({ taken: z.int() }).meta({ id: 'AgentReportsTaken' });
export type AgentReportsTaken = z.infer<typeof AgentReportsTaken>;
