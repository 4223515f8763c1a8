import { AppError } from '@lamplighter/contracts';
import type { Caller } from '../domain/caller.ts';

/** What all tenants share is changed by tokens with the right over the whole installation. Throws AppError `api.forbidden`. */
export function forInstallation(caller: Caller, what: string): void {
  if (caller.installation) return;
  throw new AppError(
    'api.forbidden',
    `the token ${caller.name} may not ${what}: the catalogue is shared by all tenants, and it has no right over the whole installation`,
    {
      remedy:
        'use a token with that right: the first one (LAMP_ADMIN_TOKEN_SHA256), or one made with `lamp token create <name> --installation`',
    },
  );
}
