/** How the third part of a declaration's Type, and the path that a device fetches it by, name its kind. */
export type DeclarationKind = 'activation' | 'asset' | 'configuration' | 'management';

/** The key of each kind in a DeclarationItemsResponse. */
export const ITEMS_KEY = {
  activation: 'Activations',
  asset: 'Assets',
  configuration: 'Configurations',
  management: 'Management',
} as const satisfies Record<DeclarationKind, string>;

/** Undefined where the type is none that a device could fetch. */
export function declarationKindOf(type: string): DeclarationKind | undefined {
  const [com, apple, kind] = type.split('.', 3);
  return com === 'com' && apple === 'apple' && kind !== undefined && Object.hasOwn(ITEMS_KEY, kind)
    ? (kind as DeclarationKind)
    : undefined;
}
