import {
  Device,
  DevicePage,
  type DeviceSummary,
  FleetSummary,
  HandOvers,
  Policy,
  type PolicyInput,
  PushCertificate,
  PushCertificates,
  PutPolicy,
  Rollout,
  type RolloutAction,
  RolloutControlled,
  type RolloutDevice,
  RolloutDevicePage,
  RolloutSummary,
} from '@lamplighter/contracts';
import { z } from 'zod';

import { LampError } from '../errors.ts';
import type { ApiClient } from './client.ts';

const Policies = z.object({ items: z.array(Policy) });
const Rollouts = z.object({ items: z.array(RolloutSummary) });
const Stored = PushCertificate.pick({ topic: true, notAfter: true });

export type RolloutDeviceItem = z.infer<typeof RolloutDevice>;

export const createPolicy = (api: ApiClient, body: PolicyInput): Promise<PutPolicy> =>
  api.call({ method: 'POST', path: '/v1/policies', body, answer: PutPolicy });

export const listPolicies = async (api: ApiClient): Promise<Policy[]> =>
  (await api.call({ path: '/v1/policies', answer: Policies })).items;

/** By id or name. Throws LampError where there is none. */
export async function findPolicy(api: ApiClient, wanted: string): Promise<Policy> {
  const policies = await listPolicies(api);
  const found = policies.find(({ policyId, spec }) => policyId === wanted.toLowerCase() || spec.name === wanted);
  if (found !== undefined) return found;
  throw new LampError(`There is no policy ${wanted}.`, 'lamp policy list shows those that are.');
}

export const listRollouts = async (api: ApiClient, policyId?: string): Promise<RolloutSummary[]> =>
  (await api.call({ path: '/v1/rollouts', query: { policyId }, answer: Rollouts })).items;

export const showRollout = (api: ApiClient, rolloutId: string): Promise<Rollout> =>
  api.call({ path: `/v1/rollouts/${rolloutId}`, answer: Rollout });

export const showHandOvers = (api: ApiClient, rolloutId: string): Promise<HandOvers> =>
  api.call({ path: `/v1/rollouts/${rolloutId}/hand-overs`, answer: HandOvers });

/** The id of a rollout: itself, or the newest rollout of the policy of that name or id. Throws LampError where there is none. */
export async function rolloutIdOf(api: ApiClient, wanted: string): Promise<string> {
  const rollouts = await listRollouts(api);
  const id = wanted.toLowerCase();
  const found = rollouts.find((one) => one.rolloutId === id || one.policyId === id || one.policyName === wanted);
  if (found !== undefined) return found.rolloutId;
  throw new LampError(
    `There is no rollout ${wanted}, and none of a policy of that name.`,
    'lamp rollout list shows them; a rollout begins when a window of its policy opens.',
  );
}

export const controlRollout = (
  api: ApiClient,
  rolloutId: string,
  action: RolloutAction,
  override = false,
): Promise<RolloutControlled> =>
  api.call({
    method: 'POST',
    path: `/v1/rollouts/${rolloutId}/${action}`,
    body: override ? { override } : {},
    answer: RolloutControlled,
  });

export const rolloutDevices = (api: ApiClient, rolloutId: string, state?: string): AsyncGenerator<RolloutDeviceItem> =>
  api.items(`/v1/rollouts/${rolloutId}/devices`, { state }, RolloutDevicePage);

export const listDevices = (api: ApiClient, search?: string): AsyncGenerator<DeviceSummary> =>
  api.items('/v1/devices', { search }, DevicePage);

export const showDevice = (api: ApiClient, deviceId: string): Promise<Device> =>
  api.call({ path: `/v1/devices/${encodeURIComponent(deviceId)}`, answer: Device });

export const showFleet = (api: ApiClient): Promise<FleetSummary> =>
  api.call({ path: '/v1/fleet', answer: FleetSummary });

export const putPushCertificate = (api: ApiClient, pem: string, force = false): Promise<z.infer<typeof Stored>> =>
  api.call({ method: 'PUT', path: '/v1/push-certificates', body: { pem, force }, answer: Stored });

export const listPushCertificates = async (api: ApiClient): Promise<z.infer<typeof PushCertificates>['items']> =>
  (await api.call({ path: '/v1/push-certificates', answer: PushCertificates })).items;
