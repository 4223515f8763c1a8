import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { DeclarationIdentifier, NewDeclaration } from '../events/declaration.ts';
import { DeviceId, TenantId } from '../ids.ts';
import { reply } from './operator.ts';

/** What an operator calls a set of declarations. */
export const DeclarationSetName = z
  .string()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u, 'one line, at most 200 characters');

const Changed = reply(z.object({ changed: z.boolean() }));

/**
 * Stores an operator's declaration, or replaces its content on every device that has it. Refused: `declaration.invalid` with the
 * fields at fault, `declaration.too-large`, `declaration.reserved` for identifiers that are Lamplighter's own.
 */
export const declarationPut = defineRequest(
  'declaration.put',
  z.object({ tenant: TenantId, declaration: NewDeclaration, notify: z.boolean() }),
  reply(z.object({ changed: z.boolean(), serverToken: z.string() })),
);

/** Deletes a declaration that no set holds (`declaration.conflict`, where one does). */
export const declarationRemove = defineRequest(
  'declaration.remove',
  z.object({ tenant: TenantId, identifier: DeclarationIdentifier }),
  Changed,
);

/** Gives a declaration another ServerToken, so that every device fetches it again. */
export const declarationTouch = defineRequest(
  'declaration.touch',
  z.object({ tenant: TenantId, identifier: DeclarationIdentifier, notify: z.boolean() }),
  reply(z.object({ serverToken: z.string() })),
);

/** Puts a declaration into an operator's set, which is made where there is none, or takes it out. */
export const declarationSetChange = defineRequest(
  'declaration-set.change',
  z.object({
    tenant: TenantId,
    set: DeclarationSetName,
    identifier: DeclarationIdentifier,
    isMember: z.boolean(),
    notify: z.boolean(),
  }),
  Changed,
);

/** Gives a device, or a user channel, an operator's set, or takes it back. Without a set: takes all of them back. */
export const declarationSetAssign = defineRequest(
  'declaration-set.assign',
  z
    .object({
      tenant: TenantId,
      deviceId: DeviceId,
      set: DeclarationSetName.optional(),
      isAssigned: z.boolean(),
      notify: z.boolean(),
    })
    .refine(({ set, isAssigned }) => set !== undefined || !isAssigned, { error: 'names the set', path: ['set'] }),
  Changed,
);

/**
 * Sends these devices, and those of these sets and declarations, their tokens, whether anything changed for them or not; each at most
 * once. Answered once that is noted: those that are not named are told bit by bit, however many they are.
 */
export const declarationNotify = defineRequest(
  'declaration.notify',
  z.object({
    tenant: TenantId,
    deviceIds: z.array(DeviceId).max(10_000),
    sets: z.array(DeclarationSetName).max(1000),
    identifiers: z.array(DeclarationIdentifier).max(1000),
  }),
  /** Devices that were named. */
  reply(z.object({ devices: z.int() })),
);
