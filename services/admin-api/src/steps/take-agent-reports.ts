import {
  agentReported,
  type AgentReports,
  type AgentReportsTaken,
  AppError,
  derivedUuid,
  type Fault,
  type ItemOf,
  message,
} from '@lamplighter/contracts';
import { Clock, Publisher } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AgentViews } from '../ports/agents.ts';

/** A device's clock may be ahead by so much. */
const AHEAD_MS = 10 * 60_000;
/** A thousand reports with long notes are more than a message holds. */
const MOST_IN_A_MESSAGE = 250;

/** Takes what agents on devices report: of devices that the tenant knows, all of them or none. */
@Injectable()
export class TakeAgentReports {
  constructor(
    private readonly views: AgentViews,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  /** Answers once the broker has them. Throws AppError `agent-report.refused`, which names each report at fault. */
  async run(tenant: string, { reports }: AgentReports): Promise<AgentReportsTaken> {
    const now = this.clock.now();
    const known = await this.views.known(
      tenant,
      reports.map(({ deviceId }) => deviceId),
    );
    const faults = reports.flatMap(({ deviceId, at }, index): Fault[] => {
      const unknown = { path: `reports.${index}.deviceId`, value: deviceId, message: 'is no device of this tenant' };
      const ahead = { path: `reports.${index}.at`, value: at, message: `is later than now, ${now.toISOString()}` };
      const isAhead = at !== undefined && Date.parse(at) > now.getTime() + AHEAD_MS;
      return [...(known.has(deviceId) ? [] : [unknown]), ...(isAhead ? [ahead] : [])];
    });
    if (faults.length > 0) throw refused(faults);
    const items = reports.map(({ at, ...report }) => ({ ...report, at: at ?? now.toISOString() }));
    for (let from = 0; from < items.length; from += MOST_IN_A_MESSAGE) {
      await this.publish(tenant, items.slice(from, from + MOST_IN_A_MESSAGE), now);
    }
    return { taken: reports.length };
  }

  private async publish(tenant: string, items: ItemOf<typeof agentReported>[], at: Date): Promise<void> {
    const id = derivedUuid('agent.reported', tenant, JSON.stringify(items));
    await this.publisher.publish(agentReported, message(agentReported, { id, tenant, at }, items), id);
  }
}

function refused(fields: Fault[]): AppError {
  const [first] = fields;
  const rest = fields.length > 1 ? `, and ${fields.length - 1} more faults` : '';
  return new AppError(
    'agent-report.refused',
    `none was taken: ${first!.path} ("${String(first!.value)}") ${first!.message}${rest}`,
    {
      fields,
      remedy: 'leave out devices that are not enrolled here (GET /v1/devices), and set the clocks of the devices named',
    },
  );
}
