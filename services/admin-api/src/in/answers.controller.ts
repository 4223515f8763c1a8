import { type DevicePolicies, devicePolicies } from '@lamplighter/contracts';
import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import type { Caller } from '../ports.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { deviceIdOf } from './device-id.ts';

/** What people ask: which policy, why not, what next. */
@Controller('v1')
@UseGuards(BearerGuard)
export class AnswersController {
  constructor(private readonly ask: AskService) {}

  @Get('devices/:deviceId/policies')
  policies(@CurrentCaller() { tenant }: Caller, @Param('deviceId') id: string): Promise<DevicePolicies> {
    return this.ask.look(devicePolicies, { tenant, deviceId: deviceIdOf(id) });
  }
}
