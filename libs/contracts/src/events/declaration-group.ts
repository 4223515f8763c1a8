import { z } from 'zod';
import { defineWork } from '../envelope.ts';
import { DeviceId } from '../ids.ts';
import { Name } from '../policy.ts';
import { DeclarationSetName } from '../requests/declaration.ts';

/**
 * These devices became members of a group that has a set, or are members no more. Repeats change nothing; of two messages about one
 * device the one that occurred later holds. Nobody gets a set that the group does not have when the message arrives. What these
 * devices have from elsewhere, by hand, of another group or for an update, stays as it is.
 */
export const declarationRegroup = defineWork(
  'declaration.regroup',
  1,
  z.object({
    group: Name,
    set: DeclarationSetName,
    /** At most 1,000 over both lists of the message. */
    joined: z.array(DeviceId).max(1000),
    left: z.array(DeviceId).max(1000),
  }),
);
