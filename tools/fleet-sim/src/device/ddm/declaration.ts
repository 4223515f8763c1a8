import { declarationUnfitFor, validateDeclaration } from '@lamplighter/apple';
import type { CommandTarget } from '@lamplighter/apple';

export const KINDS = ['activation', 'configuration', 'asset', 'management'] as const;
export type Kind = (typeof KINDS)[number];

/** How the four kinds are called in declaration-items, and in the status item management.declarations. */
export const LISTS = {
  activation: ['Activations', 'activations'],
  configuration: ['Configurations', 'configurations'],
  asset: ['Assets', 'assets'],
  management: ['Management', 'management'],
} as const satisfies Record<Kind, readonly [string, string]>;

export interface Declaration {
  readonly kind: Kind;
  readonly type: string;
  readonly identifier: string;
  readonly serverToken: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Reason {
  readonly code: string;
  readonly description: string;
}

/** Apple's reason codes that a simulated device gives (declarations/declarationbase.yaml). */
export const reason = (code: string, description: string): Reason => ({ code, description });

/** Reads what `declaration/<kind>/<identifier>` returned. Undefined where it is no declaration of that name. */
export function readDeclaration(kind: Kind, identifier: string, body: Buffer): Declaration | undefined {
  const document = jsonIn(body);
  const { Type, Identifier, ServerToken, Payload } = document;
  if (typeof Type !== 'string' || typeof ServerToken !== 'string' || !isObject(Payload)) return undefined;
  return Identifier === identifier
    ? { kind, type: Type, identifier, serverToken: ServerToken, payload: Payload }
    : undefined;
}

/** Why it cannot be had at all on this channel of a device of this OS. */
export function faultOf(declaration: Declaration, target: CommandTarget): Reason | undefined {
  const { type, payload } = declaration;
  const unfit = declarationUnfitFor(type, target);
  if (unfit) return reason('Error.ConfigurationNotSupported', unfit.detail);
  const [fault] = validateDeclaration(type, payload);
  return fault && reason('Error.ConfigurationIsInvalid', `${fault.path} ${fault.message}`);
}

/** An object of JSON; empty where the text is none. */
export function jsonIn(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
