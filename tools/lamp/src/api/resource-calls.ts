import {
  type ApplyAnswer,
  ApplyAnswer as Applied,
  type ApplyOrderInput,
  Exported,
  Policy,
  type Resource,
  type SpecVersion,
  SpecVersions,
  TenantState,
  WindowView,
  WindowViews,
} from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

export const applyResources = (api: ApiClient, body: ApplyOrderInput): Promise<ApplyAnswer> =>
  api.call({ method: 'POST', path: '/v1/apply', body, answer: Applied });

export const exportResources = async (api: ApiClient): Promise<Resource[]> =>
  (await api.call({ path: '/v1/export', answer: Exported })).resources;

export const listWindows = async (api: ApiClient): Promise<WindowView[]> =>
  (await api.call({ path: '/v1/windows', answer: WindowViews })).items;

export const showWindow = (api: ApiClient, name: string): Promise<WindowView> =>
  api.call({ path: `/v1/windows/${encodeURIComponent(name)}`, answer: WindowView });

export const removePolicy = (api: ApiClient, policyId: string, abort: boolean): Promise<Policy> =>
  api.call({ method: 'DELETE', path: `/v1/policies/${policyId}`, query: { abort: String(abort) }, answer: Policy });

export const controlPolicy = (api: ApiClient, policyId: string, action: 'pause' | 'resume'): Promise<Policy> =>
  api.call({ method: 'POST', path: `/v1/policies/${policyId}/${action}`, answer: Policy });

export const controlTenant = (api: ApiClient, action: 'pause' | 'resume'): Promise<TenantState> =>
  api.call({ method: 'POST', path: `/v1/tenant/${action}`, answer: TenantState });

export const showTenant = (api: ApiClient): Promise<TenantState> =>
  api.call({ path: '/v1/tenant', answer: TenantState });

/** Newest first. `id`: of a policy its id, of others the name. */
export const versionsOf = async (
  api: ApiClient,
  kind: 'policies' | 'windows' | 'groups',
  id: string,
): Promise<SpecVersion[]> =>
  (await api.call({ path: `/v1/${kind}/${encodeURIComponent(id)}/versions`, answer: SpecVersions })).items;
