import { clockFrom } from '@lamplighter/contracts';
import { Clock } from './ports.ts';

/** The clock that a LAMP_CLOCK setting names. */
export function clockOf(setting: string): Clock {
  const functions = clockFrom(setting);
  return new SettingClock(functions);
}

class SettingClock extends Clock {
  private readonly functions: ReturnType<typeof clockFrom>;

  constructor(functions: ReturnType<typeof clockFrom>) {
    super();
    this.functions = functions;
  }

  override now(): Date {
    return new Date(this.functions.now());
  }

  override realDelay(ms: number): number {
    return this.functions.realDelay(ms);
  }
}
