import { type CheckIn, type CheckInReply, enrollmentCheckIn } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AcceptCheckIn } from '../steps/accept-check-in.ts';

@Controller()
export class CheckInResponder {
  constructor(private readonly step: AcceptCheckIn) {}

  @OnRequest(enrollmentCheckIn)
  async handle(input: CheckIn): Promise<CheckInReply> {
    return this.step.run(input);
  }
}
