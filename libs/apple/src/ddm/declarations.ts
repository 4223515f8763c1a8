import { DECLARATIONS } from '../generated/declarations.ts';
import type { Declarations } from '../generated/declarations.ts';
import { STATUS_ITEMS } from '../generated/status-items.ts';
import { declarationUnfitFor, statusItemUnfitFor } from '../schema/fit.ts';
import type { CommandTarget } from '../schema/fit.ts';

/** A declaration of ours, whose payload the schema's type holds to its form. */
export interface TypedDeclaration<T extends keyof Declarations = keyof Declarations> {
  readonly identifier: string;
  readonly type: T;
  readonly payload: Declarations[T];
}

/** All types that the schema knows and the target takes, sorted. */
export function declarationTypesFor(target: CommandTarget): string[] {
  return Object.keys(DECLARATIONS)
    .filter((type) => declarationUnfitFor(type, target) === undefined)
    .toSorted();
}

/** Puts configurations into effect; with a predicate only while that holds. declarative/declarations/activations/simple.yaml */
export function activation(
  identifier: string,
  configurations: readonly string[],
  predicate?: string,
): TypedDeclaration<'com.apple.activation.simple'> {
  const payload = {
    StandardConfigurations: configurations,
    ...(predicate === undefined ? {} : { Predicate: predicate }),
  };
  return { identifier, type: 'com.apple.activation.simple', payload };
}

/** Has a device report these status items, now and whenever they change. */
export function statusSubscriptions(
  identifier: string,
  names: readonly string[],
): TypedDeclaration<'com.apple.configuration.management.status-subscriptions'> {
  const payload = { StatusItems: names.map((Name) => ({ Name })) };
  return { identifier, type: 'com.apple.configuration.management.status-subscriptions', payload };
}

/** Names of status items with one of these beginnings that a device of this OS can report, in the order of the schema. */
export function statusItemsFor(beginnings: readonly string[], target: CommandTarget): string[] {
  return Object.keys(STATUS_ITEMS).filter(
    (name) =>
      beginnings.some((beginning) => name.startsWith(beginning)) && statusItemUnfitFor(name, target) === undefined,
  );
}

/** What else a declaration needs to take effect: the configurations of an activation. */
export function configurationsOf(type: string, payload: Readonly<Record<string, unknown>>): string[] {
  if (type !== 'com.apple.activation.simple') return [];
  const named = payload['StandardConfigurations'];
  return Array.isArray(named) ? named.filter((one): one is string => typeof one === 'string') : [];
}
