import { PolicyForecast, RolloutReasons, Why } from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

/** Of a device id or a serial number. */
export const whyDevice = (api: ApiClient, device: string): Promise<Why> =>
  api.call({ path: `/v1/devices/${encodeURIComponent(device)}/why`, answer: Why });

export const whyRollout = (api: ApiClient, rolloutId: string): Promise<RolloutReasons> =>
  api.call({ path: `/v1/rollouts/${rolloutId}/reasons`, answer: RolloutReasons });

export const forecastPolicy = (api: ApiClient, policyId: string): Promise<PolicyForecast> =>
  api.call({ path: `/v1/policies/${policyId}/forecast`, answer: PolicyForecast });
