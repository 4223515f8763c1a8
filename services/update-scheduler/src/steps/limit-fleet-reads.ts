import { AppError } from '@lamplighter/contracts';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';

/** PostgreSQL ended a statement at its time limit. */
const QUERY_CANCELED = '57014';

/** What reads the whole fleet for somebody who asked: so many at once in one process. More are refused at once, and do not queue up. */
@Injectable()
export class LimitFleetReads {
  private readonly most: number;
  private running = 0;

  constructor(@Inject(CONFIG) config: Pick<Config, 'LAMP_FLEET_READS'>) {
    this.most = config.LAMP_FLEET_READS;
  }

  /** Throws AppError `fleet.busy` where as many are under way, or the work took too long. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.most)
      throw busy(`${this.running} others are reading the whole fleet, which is the most at once`);
    this.running += 1;
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== QUERY_CANCELED) throw error;
      throw busy('reading the whole fleet took longer than 25 s, and was given up');
    } finally {
      this.running -= 1;
    }
  }
}

function busy(message: string): AppError {
  return new AppError('fleet.busy', message, { outcome: 'drop', remedy: 'try again in a few seconds' });
}
