import type { Catalog, CatalogFilter, DeviceReleases, PushCertificates } from '@lamplighter/contracts';
import type { z } from 'zod';

export abstract class ReleaseViews {
  /** The same for all tenants: releases and products that the filter lets through, and all sources; who brought them is told of this tenant alone. */
  abstract catalog(filter: CatalogFilter, tenant: string): Promise<Catalog>;
  /** What concerns one device; undefined where it is not known in this tenant. `now`: releases that have ended are left out. */
  abstract ofDevice(tenant: string, deviceId: string, now: Date): Promise<DeviceReleases | undefined>;
}

export abstract class CatalogViews {
  abstract pushCertificates(tenant: string): Promise<z.infer<typeof PushCertificates>>;
}
