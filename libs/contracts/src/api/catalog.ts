import { z } from 'zod';
import { Instant } from '../ids.ts';
import { FeedKind } from '../requests/catalog.ts';

const at = Instant.nullable();

/** A release of the catalogue, whatever lists it. */
export const CatalogRelease = z
  .object({
    /** As Apple lists it: `iOS` is also iPad, Apple TV and Watch. */
    os: z.string(),
    /** What its models are: macOS, iOS, iPadOS, tvOS, visionOS, watchOS. */
    platforms: z.array(z.string()),
    version: z.string(),
    /** `(a)` of a security response or improvement; empty otherwise. */
    versionExtra: z.string(),
    /** Empty where no feed says. */
    build: z.string(),
    name: z.string().nullable(),
    postedAt: z.string(),
    expiresAt: z.string().nullable(),
    /** How many models (board ids of Macs) it is for. */
    devices: z.int(),
    /** Which lists have it: `public`, `all`, `bsi` (GDMF), `sofa`, `sofa-bsi`. */
    lists: z.array(z.string()),
    /** GDMF lists it: declarations can enforce it. */
    enforceable: z.boolean(),
    /** A security response or improvement: the build it goes on top of, where that is known. */
    prerequisiteBuild: z.string().nullable(),
    /** A seed: shown, never a target. */
    beta: z.boolean(),
  })
  .meta({ id: 'CatalogRelease' });
export type CatalogRelease = z.infer<typeof CatalogRelease>;

/** What Macs install from, by the key that they name it by. */
export const CatalogProduct = z
  .object({
    productKey: z.string(),
    kind: z.enum(['installer', 'update']),
    name: z.string().nullable(),
    version: z.string().nullable(),
    build: z.string().nullable(),
    postedAt: z.string().nullable(),
    sizeBytes: z.number().nullable(),
    beta: z.boolean(),
  })
  .meta({ id: 'CatalogProduct' });
export type CatalogProduct = z.infer<typeof CatalogProduct>;

/** Where releases come from. Instants are real ones, whatever clock the installation lives by. */
export const CatalogSource = z
  .object({
    source: z.string(),
    kind: FeedKind,
    /** Where it is fetched from, without user and query; null where no setting names a place. */
    location: z.string().nullable(),
    /** `waiting`: not fetched yet. `imported`: it has a copy, and is not fetched. `empty`: neither. */
    state: z.enum(['good', 'failing', 'fetching', 'waiting', 'imported', 'empty']),
    releases: z.int(),
    products: z.int(),
    /** Since when its copy is the one, and who brought it: `fetched`, `api:<tenant>/<token>`, or `api` where another tenant did; null without a copy. */
    copyAt: at,
    copyFrom: z.string().nullable(),
    attemptedAt: at,
    /** The last fetch that brought a good copy or said that nothing has changed. */
    succeededAt: at,
    nextAt: at,
    /** Why it fails, for how long, and what to do; null where it does not. The last good copy stays. */
    failure: z
      .object({
        code: z.string(),
        message: z.string(),
        remedy: z.string().nullable(),
        since: Instant,
        attempts: z.int(),
      })
      .nullable(),
  })
  .meta({ id: 'CatalogSource' });
export type CatalogSource = z.infer<typeof CatalogSource>;

export const Catalog = z
  .object({ items: z.array(CatalogRelease), products: z.array(CatalogProduct), sources: z.array(CatalogSource) })
  .meta({ id: 'Catalog' });
export type Catalog = z.infer<typeof Catalog>;

/** What `GET /v1/catalog` may be narrowed by. */
export const CatalogFilter = z.object({
  os: z.enum(['macOS', 'iOS', 'iPadOS', 'tvOS', 'visionOS', 'watchOS']).optional(),
  /** A ProductName (`iPhone15,2`), or a Mac's board id (`J414sAP`). */
  model: z.string().max(64).optional(),
  /** A version and all below it: `15` is also 15.7.9. */
  version: z
    .string()
    .regex(/^\d{1,3}(?:\.\d{1,3}){0,3}$/, 'an OS version such as 15 or 15.7.1')
    .optional(),
});
export type CatalogFilter = z.infer<typeof CatalogFilter>;

/** One release that concerns a device: the catalogue lists it for the model, the device itself offers it, or both. */
export const DeviceRelease = z
  .object({
    version: z.string().nullable(),
    versionExtra: z.string(),
    build: z.string().nullable(),
    name: z.string().nullable(),
    listedBy: z.enum(['catalogue', 'device', 'both']),
    /** By what is known of the device's version: not installed yet. Null where that cannot be told. */
    newer: z.boolean().nullable(),
    isMajor: z.boolean(),
    isSecurityResponse: z.boolean(),
    /** A step that has to come first: it makes the full installer appear. */
    isConfigData: z.boolean(),
    /** Catalogue: declarations can enforce it. */
    enforceable: z.boolean(),
    postedAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    /** What ScheduleOSUpdate names it by; from the device's own list, else from the catalogue. */
    productKey: z.string().nullable(),
    /** A deferral keeps it from the device's user until then. */
    deferredUntil: at,
    downloadBytes: z.number().nullable(),
    installBytes: z.number().nullable(),
    restartRequired: z.boolean().nullable(),
    allowsInstallLater: z.boolean().nullable(),
    isCritical: z.boolean().nullable(),
    requiresBootstrapToken: z.boolean().nullable(),
  })
  .meta({ id: 'DeviceRelease' });
export type DeviceRelease = z.infer<typeof DeviceRelease>;

export const DeviceReleases = z
  .object({
    deviceId: z.string(),
    platform: z.string(),
    /** What the catalogue knows it by: its ProductName, or a Mac's software update device id; null until it has said so. */
    model: z.string().nullable(),
    osVersion: z.string().nullable(),
    buildVersion: z.string().nullable(),
    /** When it last listed its updates; null: never. An empty list is one. */
    reportedAt: at,
    /** Newest first. Of the catalogue: what is newer than the device's version, and what goes on top of its build. */
    items: z.array(DeviceRelease),
  })
  .meta({ id: 'DeviceReleases' });
export type DeviceReleases = z.infer<typeof DeviceReleases>;
