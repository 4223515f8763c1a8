import { z } from 'zod';
import { Group } from '../requests/group.ts';

/** A group, with the policies that name it: in their assignment or in a ring. */
export const GroupView = Group.extend({ usedBy: z.array(z.string()) }).meta({ id: 'GroupView' });
export type GroupView = z.infer<typeof GroupView>;
export const GroupViews = z.object({ items: z.array(GroupView) }).meta({ id: 'GroupViews' });
