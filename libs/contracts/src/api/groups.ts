import { z } from 'zod';
import { GroupSpec } from '../group.ts';
import { Instant } from '../ids.ts';
import { Name } from '../policy.ts';

/** A group, with the policies that name it: in their assignment or in a ring. */
export const GroupView = z
  .object({
    name: Name,
    version: z.int(),
    spec: GroupSpec,
    usedBy: z.array(z.string()),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Group' });
export type GroupView = z.infer<typeof GroupView>;
export const GroupViews = z.object({ items: z.array(GroupView) }).meta({ id: 'Groups' });
