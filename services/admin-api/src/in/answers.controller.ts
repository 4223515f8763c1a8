import {
  type DevicePolicies,
  devicePolicies,
  type PolicyForecast,
  policyForecast,
  type RolloutReasons,
  type Why,
} from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { WhyViews } from '../ports/devices.ts';
import { AskService } from '../steps/ask-service.ts';
import { ExplainDevice } from '../steps/explain-device.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { deviceIdOf } from './device-id.ts';
import { found, parse } from './parse.ts';

/** What people ask: which policy, why not, what next. */
@Controller('v1')
@UseGuards(BearerGuard)
export class AnswersController {
  constructor(
    private readonly ask: AskService,
    private readonly explainDevice: ExplainDevice,
    private readonly views: WhyViews,
    private readonly clock: Clock,
  ) {}

  @Get('devices/:deviceId/policies')
  policies(@CurrentCaller() { tenant }: Caller, @Param('deviceId') id: string): Promise<DevicePolicies> {
    return this.ask.look(devicePolicies, { tenant, deviceId: deviceIdOf(id) });
  }

  /** Of a device id or a serial number. */
  @Get('devices/:deviceId/why')
  why(@CurrentCaller() { tenant }: Caller, @Param('deviceId') id: string): Promise<Why> {
    return this.explainDevice.run(tenant, deviceIdOf(id));
  }

  @Get('policies/:policyId/forecast')
  forecast(@CurrentCaller() { tenant }: Caller, @Param('policyId') id: string): Promise<PolicyForecast> {
    return this.ask.look(policyForecast, { tenant, policyId: parse(z.guid(), id, 'policy id') });
  }

  @Get('rollouts/:rolloutId/reasons')
  async reasons(@CurrentCaller() { tenant }: Caller, @Param('rolloutId') id: string): Promise<RolloutReasons> {
    const rolloutId = parse(z.guid(), id, 'rollout id');
    return found(await this.views.reasons(tenant, rolloutId, this.clock.now()), 'rollout', id);
  }
}
