import { declarationKindOf, type DeclarationKind } from '@lamplighter/apple';

export type Endpoint =
  | { endpoint: 'tokens' | 'declaration-items' | 'status'; kind: null; identifier: null }
  | { endpoint: 'declaration'; kind: DeclarationKind; identifier: string };

const FIXED = ['tokens', 'declaration-items', 'status'] as const;

/** What a device asks for: the Endpoint of its DeclarativeManagement check-in. Undefined where it is none that there is. */
export function endpointOf(text: string): Endpoint | undefined {
  const fixed = FIXED.find((one) => one === text);
  if (fixed !== undefined) return { endpoint: fixed, kind: null, identifier: null };
  const [, name = '', identifier = ''] = /^declaration\/([a-z]+)\/([^\0]+)$/.exec(text) ?? [];
  const kind = declarationKindOf(`com.apple.${name}`);
  return kind === undefined ? undefined : { endpoint: 'declaration', kind, identifier };
}
