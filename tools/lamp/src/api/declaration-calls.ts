import { z } from 'zod';

import type { ApiClient } from './client.ts';

const Names = z.array(z.string());
const Declaration = z.looseObject({
  Identifier: z.string(),
  Type: z.string(),
  Payload: z.record(z.string(), z.unknown()),
  ServerToken: z.string(),
});
export type Declaration = z.infer<typeof Declaration>;

/** What a device is to have, and whether it knows. */
const DeviceDeclarations = z.looseObject({
  servedBy: z.string(),
  source: z.string().nullable(),
  capabilities: z.string(),
  identifiers: Names,
  leftOut: Names,
  isInSync: z.boolean().nullable(),
  syncedAt: z.string().nullable(),
});
export type DeviceDeclarations = z.infer<typeof DeviceDeclarations>;

/** What a device says of one declaration. */
const DeclarationStatus = z.object({
  identifier: z.string(),
  active: z.boolean(),
  valid: z.string(),
  current: z.boolean(),
  status_received: z.string(),
  reasons: z
    .array(z.looseObject({ code: z.string(), description: z.string().optional(), details: z.unknown() }))
    .optional(),
});
export type DeclarationStatus = z.infer<typeof DeclarationStatus>;

/** A device (or user channel), or a group. */
export type SetOwner = { readonly device: string } | { readonly group: string };

const part = encodeURIComponent;
const declarationAt = (identifier: string): string => `/v1/declarations/${part(identifier)}`;
const ownerAt = (of: SetOwner): string =>
  'device' in of ? `/v1/enrollment-sets/${part(of.device)}` : `/v1/group-sets/${part(of.group)}`;

export const listDeclarations = (api: ApiClient): Promise<string[]> =>
  api.call({ path: '/v1/declarations', answer: Names });

export const showDeclaration = (api: ApiClient, identifier: string): Promise<Declaration> =>
  api.call({ path: declarationAt(identifier), answer: Declaration });

export const setsOfDeclaration = (api: ApiClient, identifier: string): Promise<string[]> =>
  api.call({ path: `/v1/declaration-sets/${part(identifier)}`, answer: Names });

export const putDeclaration = (api: ApiClient, body: unknown): Promise<boolean> =>
  api.changes({ path: '/v1/declarations', body });

export const removeDeclaration = (api: ApiClient, identifier: string): Promise<boolean> =>
  api.changes({ method: 'DELETE', path: declarationAt(identifier) });

export const listSets = (api: ApiClient): Promise<string[]> => api.call({ path: '/v1/sets', answer: Names });

export const setsOf = (api: ApiClient, of: SetOwner): Promise<string[]> =>
  api.call({ path: ownerAt(of), answer: Names });

export const declarationsOfSet = (api: ApiClient, set: string): Promise<string[]> =>
  api.call({ path: `/v1/set-declarations/${part(set)}`, answer: Names });

export const changeSet = (api: ApiClient, set: string, declaration: string, isMember: boolean): Promise<boolean> =>
  api.changes({ method: methodOf(isMember), path: `/v1/set-declarations/${part(set)}`, query: { declaration } });

export const assignSet = (api: ApiClient, set: string, of: SetOwner, isAssigned: boolean): Promise<boolean> =>
  api.changes({ method: methodOf(isAssigned), path: ownerAt(of), query: { set } });

export const declarationStatus = async (api: ApiClient, deviceId: string): Promise<DeclarationStatus[]> => {
  const answer = z.record(z.string(), z.array(DeclarationStatus));
  return (await api.call({ path: `/v1/declaration-status/${part(deviceId)}`, answer }))[deviceId] ?? [];
};

export const deviceDeclarations = (api: ApiClient, deviceId: string): Promise<DeviceDeclarations> =>
  api.call({ path: `/v1/device-declarations/${part(deviceId)}`, answer: DeviceDeclarations });

const methodOf = (isWanted: boolean): 'PUT' | 'DELETE' => (isWanted ? 'PUT' : 'DELETE');
