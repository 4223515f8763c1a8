import {
  declarationItemsDocument,
  declarationsTokenOf,
  tokensDocument,
  type DeclarationItem,
} from '@lamplighter/apple';
import type { Declaration } from './declaration.ts';

export type ManifestMember = Pick<Declaration, 'identifier' | 'type' | 'kind' | 'serverToken' | 'configurations'>;

/** What some devices have, ready to be handed to them. */
export interface Manifest {
  declarationsToken: string;
  tokensDocument: string;
  itemsDocument: string;
  identifiers: string[];
  /** What is assigned and these devices cannot take. */
  leftOut: string[];
}

/** The token of nothing: the same for every device that has no declarations. */
export const EMPTY_TOKEN = declarationsTokenOf([]);
export const EMPTY_ITEMS = declarationItemsDocument([]);

/**
 * An activation whose configuration is left out goes with it: the device could not activate it.
 * @param members may repeat a declaration that several sets hold
 * @param takes types that the devices take; undefined: not known
 */
export function manifestOf(
  members: readonly ManifestMember[],
  takes: ReadonlySet<string> | undefined,
  at: Date,
): Manifest {
  const all = [...new Map(members.map((member) => [member.identifier, member])).values()];
  const unfit = new Set(all.filter(({ type }) => takes?.has(type) === false).map(({ identifier }) => identifier));
  const isLeftOut = ({ identifier, configurations }: ManifestMember) =>
    unfit.has(identifier) || configurations.some((one) => unfit.has(one));
  const items: DeclarationItem[] = all.filter((member) => !isLeftOut(member));
  const declarationsToken = declarationsTokenOf(items);
  return {
    declarationsToken,
    tokensDocument: tokensDocument(declarationsToken, at),
    itemsDocument: declarationItemsDocument(items),
    identifiers: items.map(({ identifier }) => identifier).toSorted(),
    leftOut: all
      .filter(isLeftOut)
      .map(({ identifier }) => identifier)
      .toSorted(),
  };
}
