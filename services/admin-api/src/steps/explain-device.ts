import { AppError, deviceOutlook, type Why } from '@lamplighter/contracts';
import { Clock, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AgentViews } from '../ports/agents.ts';
import type { Known } from '../domain/why/known.ts';
import { whyOf } from '../domain/why/why.ts';
import { CommandViews } from '../ports/commands.ts';
import { WhyViews } from '../ports/devices.ts';
import { FindingViews } from '../ports/resources.ts';
import { AskService } from './ask-service.ts';

const MOST_PENDING = 100;

/** Puts together what all services know of a device, and says why it has not updated. */
@Injectable()
export class ExplainDevice {
  constructor(
    private readonly views: WhyViews,
    private readonly commands: CommandViews,
    private readonly findings: FindingViews,
    private readonly agents: AgentViews,
    private readonly ask: AskService,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Of a device id or a serial number. Throws AppError `device.not-found`. */
  async run(tenant: string, idOrSerial: string): Promise<Why> {
    const seen = await this.views.seen(tenant, idOrSerial);
    if (!seen)
      throw new AppError(
        'device.not-found',
        `there is no device ${idOrSerial} in this tenant, and none of that serial number`,
        {
          remedy: 'search for it: "lamp device list --search"',
        },
      );
    const now = this.clock.now();
    const { deviceId } = seen.device;
    const query = { state: 'pending', before: undefined, limit: MOST_PENDING } as const;
    const [page, scheduled, found, agent] = await Promise.all([
      this.commands.list(tenant, deviceId, query, now),
      this.scheduled(tenant, deviceId),
      this.findings.ofDevice(tenant, deviceId),
      this.agents.lastOf(tenant, deviceId),
    ]);
    return whyOf({
      ...seen,
      now,
      scheduled,
      pending: page?.items ?? [],
      agent,
      findings: found.filter((one) => one.clearedAt === null),
    });
  }

  /** What is known without it is worth telling. */
  private async scheduled(tenant: string, deviceId: string): Promise<Known['scheduled']> {
    try {
      return await this.ask.look(deviceOutlook, { tenant, deviceId });
    } catch (error) {
      this.log.warn({ err: error, deviceId }, 'the outlook of a device is not known');
      return undefined;
    }
  }
}
