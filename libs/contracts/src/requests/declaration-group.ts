import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { TenantId } from '../ids.ts';
import { Name } from '../policy.ts';
import { DeclarationSetName } from './declaration.ts';
import { reply } from './operator.ts';

/**
 * Gives all members of a group an operator's set, or takes it back, without naming a device: who is a member is looked up again and
 * again, and told by `declaration.regroup`. Not asked here is whether there is such a group: one that is not there has no members.
 */
export const declarationGroupAssign = defineRequest(
  'declaration-group.assign',
  z.object({ tenant: TenantId, group: Name, set: DeclarationSetName, isAssigned: z.boolean() }),
  reply(z.object({ changed: z.boolean() })),
);
