import { Source, Sources, type SourceSpecInput } from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

const at = (name: string): string => `/v1/sources/${encodeURIComponent(name)}`;

export const listSources = async (api: ApiClient): Promise<Source[]> =>
  (await api.call({ path: '/v1/sources', answer: Sources })).items;

export const showSource = (api: ApiClient, name: string): Promise<Source> =>
  api.call({ path: at(name), answer: Source });

export const putSource = (api: ApiClient, name: string, body: SourceSpecInput): Promise<Source> =>
  api.call({ method: 'PUT', path: at(name), body, answer: Source });

export const removeSource = (api: ApiClient, name: string): Promise<Source> =>
  api.call({ method: 'DELETE', path: at(name), answer: Source });
