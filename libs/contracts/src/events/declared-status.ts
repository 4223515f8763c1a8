import { z } from 'zod';
import { Instant } from '../ids.ts';

/** One declaration as the device says it stands, from the status item `management.declarations`. */
export const ReportedDeclaration = z.object({
  identifier: z.string(),
  /** The revision that the device has. */
  serverToken: z.string(),
  active: z.boolean(),
  /** Apple: `unknown`, `invalid`, `valid`; later OS versions may have more. */
  valid: z.string(),
  /** Why it is not active or not valid: Apple's code (`Error.ConfigurationCannotBeApplied`), and its words where it has some. */
  reasons: z.array(z.object({ code: z.string(), description: z.string().optional() })),
});
export type ReportedDeclaration = z.infer<typeof ReportedDeclaration>;

/**
 * What the device says of its software update, all reports up to this one taken together. A field that it never reported, or
 * reported empty, is absent.
 */
export const DeclaredStatus = z.object({
  kind: z.literal('declared-status'),
  /** `none`, `waiting`, `downloading`, `prepared`, `installing`, `failed`; later OS versions may have more. */
  installState: z.string().optional(),
  pendingVersion: z.string().optional(),
  pendingBuild: z.string().optional(),
  /** `YYYY-MM-DDThh:mm:ss` in the device's own zone; only while an update is enforced. */
  targetLocalDateTime: z.string().optional(),
  /** Absent where nothing failed. `count`: how often the current update failed. */
  failure: z.object({ count: z.int(), reason: z.string().optional(), at: Instant.optional() }).optional(),
  /** Who wants the pending update: `declaration`, `mdm`, `auto-update`, … */
  installReasons: z.array(z.string()).optional(),
  /** The identifier of the declaration that wants it. */
  declarationId: z.string().optional(),
  osVersion: z.string().optional(),
  buildVersion: z.string().optional(),
  /** Of the security improvement that goes on top of it; that of the OS itself where there is none. */
  supplementalBuild: z.string().optional(),
  /** All that the device has, those with faults first, at most 100; absent where this report does not speak of them. */
  declarations: z.array(ReportedDeclaration).optional(),
});
export type DeclaredStatus = z.infer<typeof DeclaredStatus>;
