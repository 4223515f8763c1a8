import { z } from 'zod';
import { DevicePage, DeviceSummary } from '../api/schemas.ts';
import { defineRequest } from '../envelope.ts';
import { Condition, GroupSpec } from '../group.ts';
import { DeviceId, TenantId } from '../ids.ts';
import { Name } from '../policy.ts';
import { reply } from './operator.ts';

/** Who would be a member at this moment. Reads the whole fleet once. */
export const GroupTest = z
  .object({
    /** Enrolled devices that would be members. */
    devices: z.int(),
    /** All enrolled devices. */
    enrolled: z.int(),
    /** The first of the members, by device id; at most 20. */
    sample: z.array(DeviceSummary),
  })
  .meta({ id: 'GroupTest' });
export type GroupTest = z.infer<typeof GroupTest>;

/** Tells who would be a member of a group, before it is stored. */
export const groupTest = defineRequest('group.test', z.object({ tenant: TenantId, spec: GroupSpec }), reply(GroupTest));

/** The members of a group at this moment, enrolled ones, by device id. */
export const groupDevices = defineRequest(
  'group.devices',
  z.object({ tenant: TenantId, name: Name, cursor: z.string().max(300), limit: z.int().min(1).max(1_000) }),
  reply(DevicePage),
);

/** A group that does not take the device in: of each of its rules the conditions that do not hold. */
export const GroupMiss = z.object({
  group: Name,
  rules: z.array(
    z.array(Condition.and(z.object({ found: z.union([z.string(), z.number(), z.boolean()]).nullable() }))),
  ),
});
export type GroupMiss = z.infer<typeof GroupMiss>;

/** What one policy has to do with one device. */
export const DevicePolicy = z.object({
  policyId: z.guid(),
  name: Name,
  version: z.int(),
  precedence: z.int(),
  paused: z.boolean(),
  matches: z.boolean(),
  /** Why it matches or not. */
  because: z.enum([
    'all-devices',
    'device',
    'group',
    'platform',
    'excluded-device',
    'excluded-group',
    'missing-group',
    'not-in-groups',
  ]),
  /** The group that decided, where one did. */
  group: Name.optional(),
  /** Of `not-in-groups`: the groups that the policy names. */
  misses: z.array(GroupMiss).optional(),
  /** The same in plain words. */
  text: z.string(),
  /** Of all that match the one that holds: the greatest precedence, of equals the one that was created first. */
  effective: z.boolean(),
});
export type DevicePolicy = z.infer<typeof DevicePolicy>;

/** Every policy of the tenant, in the order in which they go before each other. */
export const DevicePolicies = z
  .object({ deviceId: DeviceId, enrolled: z.boolean(), policies: z.array(DevicePolicy) })
  .meta({ id: 'DevicePolicies' });
export type DevicePolicies = z.infer<typeof DevicePolicies>;

/** Which policies take a device in, which not and why, and which one holds. */
export const devicePolicies = defineRequest(
  'device.policies',
  z.object({ tenant: TenantId, deviceId: DeviceId }),
  reply(DevicePolicies),
);
