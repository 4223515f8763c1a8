import type { Manifest } from './manifests.ts';
import type { Settings } from './settings.ts';

/** What a rendered chart is judged against. */
export interface Terms {
  readonly settings: Settings;
  /** Secrets and ConfigMaps of the operator's own: name and the keys that README.md documents for it. */
  readonly existing: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong, one line each, naming the object; empty when nothing is. */
export type Rule = (manifests: readonly Manifest[], terms: Terms) => string[];

export function label({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}
