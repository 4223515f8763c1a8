import { AppError, pushNow } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type ApiResult, apiResultOf, type PushResult } from '../domain/nanomdm.ts';
import type { Caller } from '../domain/caller.ts';
import { AskService } from './ask-service.ts';
import { chunksOf, inChunks } from './in-chunks.ts';

const MOST_DEVICES = 1000;
const DAY_MS = 86_400_000;

/** Pushes to devices while somebody waits. */
@Injectable()
export class PushDevices {
  constructor(
    private readonly ask: AskService,
    private readonly clock: Clock,
  ) {}

  /** NanoMDM's push: whatever fails is in the result. */
  async run(caller: Caller, deviceIds: readonly string[]): Promise<ApiResult> {
    try {
      return apiResultOf({ pushes: await this.push(caller, deviceIds) });
    } catch (error) {
      if (error instanceof AppError) return apiResultOf({ pushError: error.message });
      throw error;
    }
  }

  /**
   * In the order of the ids. Throws AppError where no push went out.
   * @param expiresAt until when APNs tries; a day by default
   */
  async push(caller: Caller, deviceIds: readonly string[], expiresAt = this.tomorrow()): Promise<PushResult[]> {
    const push = async (chunk: readonly string[]) => {
      const input = { tenant: caller.tenant, deviceIds: [...chunk], expiresAt };
      const { results } = await this.ask.run(caller, pushNow, input, () => ({
        subject: chunk.length === 1 ? chunk[0]! : `${chunk.length} devices`,
        detail: { deviceIds: chunk },
      }));
      return results;
    };
    return inChunks(chunksOf(deviceIds, MOST_DEVICES), push, (deviceId, { message }) => ({
      deviceId,
      outcome: 'failed',
      reason: message,
    }));
  }

  private tomorrow(): string {
    return new Date(this.clock.now().getTime() + DAY_MS).toISOString();
  }
}
