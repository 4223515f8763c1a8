import { Clock, Log, Tracer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';

/** What every step may need beside its ports. */
@Injectable()
export class StepTools {
  constructor(
    readonly clock: Clock,
    readonly log: Log,
    readonly tracer: Tracer,
  ) {}
}
