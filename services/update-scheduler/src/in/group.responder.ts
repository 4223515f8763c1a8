import {
  deviceOutlook,
  devicePolicies,
  groupDevices,
  groupTest,
  type InputOf,
  type OutputOf,
} from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ExplainAssignment } from '../steps/explain-assignment.ts';
import { LimitFleetReads } from '../steps/limit-fleet-reads.ts';
import { LookAhead } from '../steps/look-ahead.ts';
import { LookAtGroup } from '../steps/look-at-group.ts';

@Controller()
export class GroupResponder {
  constructor(
    private readonly lookAtGroup: LookAtGroup,
    private readonly explainAssignment: ExplainAssignment,
    private readonly lookAhead: LookAhead,
    private readonly reads: LimitFleetReads,
  ) {}

  @OnRequest(groupTest)
  async test(input: InputOf<typeof groupTest>): Promise<OutputOf<typeof groupTest>> {
    return { ok: await this.reads.run(() => this.lookAtGroup.test(input)) };
  }

  @OnRequest(groupDevices)
  async devices(input: InputOf<typeof groupDevices>): Promise<OutputOf<typeof groupDevices>> {
    return { ok: await this.reads.run(() => this.lookAtGroup.devices(input)) };
  }

  @OnRequest(devicePolicies)
  async policies(input: InputOf<typeof devicePolicies>): Promise<OutputOf<typeof devicePolicies>> {
    return { ok: await this.explainAssignment.run(input) };
  }

  @OnRequest(deviceOutlook)
  async outlook(input: InputOf<typeof deviceOutlook>): Promise<OutputOf<typeof deviceOutlook>> {
    return { ok: await this.lookAhead.run(input) };
  }
}
