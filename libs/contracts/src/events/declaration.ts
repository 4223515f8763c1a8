import { z } from 'zod';
import { defineWork } from '../envelope.ts';
import { DeviceId, Instant } from '../ids.ts';

/** Apple's Identifier of a declaration, unique in its tenant. Devices put it into a path: it holds what one part of a path holds. */
export const DeclarationIdentifier = z
  .string()
  .regex(/^[\w.~:@!$&'()*+,;=-]{1,200}$/, 'letters, digits and any of ._~:@!$&()*+,;=-, at most 200');

/** Apple's Type of a declaration; its third part names the kind. */
export const DeclarationType = z
  .string()
  .max(200)
  .regex(
    /^com\.apple\.(activation|asset|configuration|management)\.[\w.-]+$/,
    'com.apple.<activation, asset, configuration or management>.<name>',
  );

/** A declaration as its sender writes it: the ServerToken derives from type and payload. */
export const NewDeclaration = z.object({
  identifier: DeclarationIdentifier,
  type: DeclarationType,
  /** By Apple's schema of the type; keys and types that our copy does not know are accepted. */
  payload: z.record(z.string(), z.unknown()),
});
export type NewDeclaration = z.infer<typeof NewDeclaration>;

/** What a sender calls its assignments: a rollout's id, … Names with `:` in them are the service's own. */
export const AssignmentCause = z.string().regex(/^[^:\s]{1,200}$/, 'no blanks, no colon, at most 200');

/**
 * For this cause these devices have exactly these declarations from now on: what an earlier message of the cause gave them is
 * withdrawn, what other causes gave them stays. Repeats change nothing; of two messages about one device and cause the one
 * that occurred later holds, in whatever order they arrive. An identifier with another content replaces the former content
 * on every device that has it. Devices may be user channels, and need not be enrolled yet; what a device cannot take, by its
 * declared capabilities or its OS, is kept from that device alone. A configuration takes effect through an activation that
 * names it. Each device whose DeclarationsToken changed gets one DeclarativeManagement command, paced; no other does. A
 * message with a fault is set aside whole (`declaration.invalid`, with its fields).
 */
export const declarationAssign = defineWork(
  'declaration.assign',
  1,
  z.object({
    cause: AssignmentCause,
    declarations: z.array(NewDeclaration).min(1).max(100),
    /** At most 1,000 over the whole message. */
    devices: z.array(DeviceId).min(1).max(1000),
  }),
);

/**
 * Takes back what this cause gave: from these devices, or from all that have it. Repeats change nothing. What was given later than
 * `upTo` stays; without it, what was given later than this message.
 */
export const declarationWithdraw = defineWork(
  'declaration.withdraw',
  1,
  z.object({
    cause: AssignmentCause,
    devices: z.array(DeviceId).min(1).max(1000).optional(),
    upTo: Instant.optional(),
  }),
);
