import { Catalog, CatalogImported, type CatalogFilter, DeviceReleases, type FeedKind } from '@lamplighter/contracts';
import { z } from 'zod';

import type { ApiClient } from './client.ts';

export const showCatalog = (api: ApiClient, filter: CatalogFilter = {}): Promise<Catalog> =>
  api.call({ path: '/v1/catalog', query: filter, answer: Catalog });

export interface ImportOptions {
  readonly kind?: FeedKind | undefined;
  /** The file's name, where there is one. */
  readonly name?: string | undefined;
  readonly force?: boolean | undefined;
}

export const importFeed = (
  api: ApiClient,
  file: Buffer,
  { kind, name, force }: ImportOptions = {},
): Promise<CatalogImported> =>
  api.call({
    method: 'POST',
    path: '/v1/catalog',
    query: { kind, name, force: force === true ? 'true' : undefined },
    file,
    answer: CatalogImported,
  });

export const refreshCatalog = (api: ApiClient, sources: readonly string[]): Promise<{ sources: string[] }> =>
  api.call({
    method: 'POST',
    path: '/v1/catalog/refresh',
    body: sources.length === 0 ? {} : { sources },
    answer: z.object({ sources: z.array(z.string()) }),
  });

export const deviceReleases = (api: ApiClient, deviceId: string): Promise<DeviceReleases> =>
  api.call({ path: `/v1/devices/${encodeURIComponent(deviceId)}/updates`, answer: DeviceReleases });
