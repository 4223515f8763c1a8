import { z } from 'zod';
import type { Model } from './catalog.ts';
import { PLATFORMS } from './catalog.ts';
import { BEHAVIOURS } from './behaviours.ts';

/** A device of one's own choice, in the place of one that is drawn. What is left out is drawn. */
export const RosterEntry = z.strictObject({
  platform: z.enum(PLATFORMS),
  behaviour: z.enum(BEHAVIOURS).default('normal'),
  /** A model that does not come with the simulator; the release feed lists it under its board, else its product name. */
  model: z.strictObject({ productName: z.string(), modelName: z.string(), board: z.string().optional() }).optional(),
  version: z.string().optional(),
  build: z.string().default('1A1'),
  /** How often its behaviour strikes before it works. */
  strikes: z.int().min(0).optional(),
  /** Of `mdmError`: the code of its error (MCMDMErrorDomain). */
  errorCode: z.int().optional(),
});
export type RosterEntry = z.infer<typeof RosterEntry>;

/** Undefined where the entry names none. */
export function modelOf({ platform, model }: RosterEntry): Model | undefined {
  if (!model) return undefined;
  const { board, ...names } = model;
  return { platform, ...names, ...(board ? { board } : {}), model: 'A0001', since: '1', capacityGb: 256, weight: 0 };
}
