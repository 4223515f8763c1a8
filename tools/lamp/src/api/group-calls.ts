import {
  DevicePage,
  DevicePolicies,
  type DeviceSummary,
  type GroupInput,
  GroupTest,
  GroupView,
  GroupViews,
} from '@lamplighter/contracts';
import { z } from 'zod';

import type { ApiClient } from './client.ts';

const at = (name: string): string => `/v1/groups/${encodeURIComponent(name)}`;
const Removed = z.object({ name: z.string() });

export const listGroups = async (api: ApiClient): Promise<GroupView[]> =>
  (await api.call({ path: '/v1/groups', answer: GroupViews })).items;

export const showGroup = (api: ApiClient, name: string): Promise<GroupView> =>
  api.call({ path: at(name), answer: GroupView });

export const putGroup = (api: ApiClient, body: GroupInput): Promise<GroupView> =>
  api.call({ method: 'PUT', path: at(body.name), body, answer: GroupView });

export const removeGroup = (api: ApiClient, name: string): Promise<z.infer<typeof Removed>> =>
  api.call({ method: 'DELETE', path: at(name), answer: Removed });

export const testGroup = (api: ApiClient, body: Omit<GroupInput, 'name'>): Promise<GroupTest> =>
  api.call({ method: 'POST', path: '/v1/groups/test', body, answer: GroupTest });

export const groupDevices = (api: ApiClient, name: string): AsyncGenerator<DeviceSummary> =>
  api.items(`${at(name)}/devices`, {}, DevicePage);

export const devicePolicies = (api: ApiClient, deviceId: string): Promise<DevicePolicies> =>
  api.call({ path: `/v1/devices/${encodeURIComponent(deviceId)}/policies`, answer: DevicePolicies });
