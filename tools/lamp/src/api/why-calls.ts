import { PolicyForecast, RolloutReasons, Why } from '@lamplighter/contracts';

import { type ApiClient, ApiRefusal } from './client.ts';

/** Of a device id or a serial number. */
export const whyDevice = (api: ApiClient, device: string): Promise<Why> =>
  api.call({ path: `/v1/devices/${encodeURIComponent(device)}/why`, answer: Why });

/** Asks about a device of which the id or the serial number is given. */
export async function ofDevice<T>(api: ApiClient, wanted: string, ask: (deviceId: string) => Promise<T>): Promise<T> {
  try {
    return await ask(wanted);
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.code !== 'device.not-found') throw error;
    const deviceId = await deviceIdOf(api, wanted);
    if (deviceId === wanted) throw error;
    return ask(deviceId);
  }
}

/** The id of a device, of itself or its serial number. Throws LampError where there is none. */
export const deviceIdOf = async (api: ApiClient, wanted: string): Promise<string> =>
  (await whyDevice(api, wanted)).deviceId;

export const whyRollout = (api: ApiClient, rolloutId: string): Promise<RolloutReasons> =>
  api.call({ path: `/v1/rollouts/${rolloutId}/reasons`, answer: RolloutReasons });

export const forecastPolicy = (api: ApiClient, policyId: string): Promise<PolicyForecast> =>
  api.call({ path: `/v1/policies/${policyId}/forecast`, answer: PolicyForecast });
