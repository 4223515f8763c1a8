import type { HandOvers, Rollout, RolloutDevicePage, RolloutSummary, UpdateState } from '@lamplighter/contracts';
import type { z } from 'zod';

export interface RolloutDeviceQuery {
  state?: z.infer<typeof UpdateState> | undefined;
  cursor: string;
  limit: number;
}

export abstract class RolloutViews {
  /** Newest first. */
  abstract list(tenant: string, policyId: string | undefined, now: Date): Promise<RolloutSummary[]>;
  abstract find(tenant: string, rolloutId: string, now: Date): Promise<Rollout | undefined>;
  /** Of an unknown rollout: none. */
  abstract handOvers(tenant: string, rolloutId: string): Promise<HandOvers>;
  abstract devices(
    tenant: string,
    rolloutId: string,
    query: RolloutDeviceQuery,
  ): Promise<z.infer<typeof RolloutDevicePage>>;
}
