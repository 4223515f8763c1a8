import { z } from 'zod';
import { Instant, TenantId } from '../ids.ts';

const TokenName = z
  .string()
  .trim()
  .regex(/^[\w .@-]{1,100}$/, 'letters, digits, spaces and . @ _ -, at most 100');

/** A token that is to be made. */
export const TokenSpec = z
  .object({
    name: TokenName,
    /** Default: the caller's own. Another one takes the right over the whole installation. */
    tenant: TenantId.optional(),
    /** Whether it may also change what all tenants share. Given only by a token that may. */
    installation: z.boolean().default(false),
  })
  .strict();
export type TokenSpec = z.infer<typeof TokenSpec>;

/** A bearer token, without itself: it is kept nowhere. */
export const Token = z
  .object({
    name: z.string(),
    tenant: z.string(),
    installation: z.boolean(),
    createdAt: Instant,
    revokedAt: Instant.nullable(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof Token>;
export const Tokens = z.object({ items: z.array(Token) }).meta({ id: 'Tokens' });

/** The one time that a token is shown. */
export const NewToken = Token.extend({ token: z.string() }).meta({ id: 'NewToken' });
export type NewToken = z.infer<typeof NewToken>;
