import { type Finding, FindingPage, Findings } from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

export const listFindings = (api: ApiClient, kind?: string): AsyncGenerator<Finding> =>
  api.items('/v1/findings', { kind }, FindingPage);

export const deviceFindings = async (api: ApiClient, deviceId: string): Promise<Finding[]> =>
  (await api.call({ path: `/v1/devices/${encodeURIComponent(deviceId)}/findings`, answer: Findings })).items;
