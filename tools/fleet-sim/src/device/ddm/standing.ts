import { compareOsVersions } from '@lamplighter/apple';
import type { CommandTarget } from '@lamplighter/apple';
import { faultOf, KINDS, LISTS, reason, textsIn } from './declaration.ts';
import type { Declaration, Reason } from './declaration.ts';
import { parsePredicate, PredicateError } from './predicate.ts';
import type { Values } from './predicate.ts';

export const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
export const SUBSCRIPTIONS = 'com.apple.configuration.management.status-subscriptions';
const PROPERTIES = 'com.apple.management.properties';
const BUILDS = ['device.operating-system.build-version', 'device.operating-system.supplemental.build-version'];
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/** How a declaration stands on a device, in the words of the status item management.declarations. */
export interface Standing {
  readonly declaration: Declaration;
  readonly active: boolean;
  readonly valid: 'valid' | 'invalid';
  readonly reasons: readonly Reason[];
}

const standing = (declaration: Declaration, active: boolean, ...reasons: readonly Reason[]): Standing => ({
  declaration,
  active,
  valid: 'valid',
  reasons,
});
const invalid = (declaration: Declaration, why: Reason): Standing => ({
  declaration,
  active: false,
  valid: 'invalid',
  reasons: [why],
});

/** Puts declarations into effect: what is active on a channel whose status items have these values, and what is not and why. */
export function standings(
  target: CommandTarget,
  declarations: readonly Declaration[],
  status: Values['status'],
): Standing[] {
  const values = { status, property: propertiesOf(declarations) };
  const faults = new Map(declarations.map((one) => [one, problemOf(one, target, status)]));
  const configurations = new Set(
    declarations.filter(({ kind }) => kind === 'configuration').map((one) => one.identifier),
  );
  const wanted = new Set<string>();
  const named = new Set<string>();
  const judged = new Map<Declaration, Standing>();
  for (const declaration of declarations) {
    if (declaration.kind !== 'activation') continue;
    const names = textsIn(declaration.payload['StandardConfigurations']);
    const fault = faults.get(declaration);
    const found = fault ? invalid(declaration, fault) : activation(declaration, names, configurations, values);
    for (const name of names) named.add(name);
    if (found.active) for (const name of names) wanted.add(name);
    judged.set(declaration, found);
  }
  for (const declaration of declarations) {
    if (judged.has(declaration)) continue;
    const fault = faults.get(declaration);
    judged.set(declaration, fault ? invalid(declaration, fault) : other(declaration, wanted, named));
  }
  return declarations.map((one) => judged.get(one)!);
}

/** The value of management.declarations. */
export function declarationsStatus(all: readonly Standing[]): Record<string, unknown> {
  return Object.fromEntries(
    KINDS.map((kind) => [
      LISTS[kind][1],
      all
        .filter(({ declaration }) => declaration.kind === kind)
        .map(({ declaration, active, valid, reasons }) => ({
          identifier: declaration.identifier,
          'server-token': declaration.serverToken,
          active,
          valid,
          ...(reasons.length === 0 ? {} : { reasons }),
        })),
    ]),
  );
}

function activation(
  declaration: Declaration,
  names: readonly string[],
  configurations: ReadonlySet<string>,
  values: Values,
): Standing {
  const missing = names.filter((name) => !configurations.has(name));
  if (missing.length > 0) {
    const why = reason(
      'Error.MissingConfigurations',
      `the activation is missing configurations: ${missing.join(', ')}`,
    );
    return standing(declaration, false, why);
  }
  const predicate = declaration.payload['Predicate'];
  if (typeof predicate !== 'string') return standing(declaration, true);
  try {
    if (parsePredicate(predicate)(values)) return standing(declaration, true);
    return standing(declaration, false, reason('Info.Predicate', 'the predicate is false'));
  } catch (error) {
    if (!(error instanceof PredicateError)) throw error;
    return standing(declaration, false, reason('Error.UnableToParsePredicate', error.message));
  }
}

function other(declaration: Declaration, wanted: ReadonlySet<string>, named: ReadonlySet<string>): Standing {
  if (declaration.kind !== 'configuration') return standing(declaration, true);
  if (wanted.has(declaration.identifier)) return standing(declaration, true);
  if (named.has(declaration.identifier)) return standing(declaration, false);
  return standing(
    declaration,
    false,
    reason('Info.NotReferencedByActivation', 'no activation names the configuration'),
  );
}

function problemOf(declaration: Declaration, target: CommandTarget, status: Values['status']): Reason | undefined {
  const fault = faultOf(declaration, target);
  if (fault || declaration.type !== ENFORCEMENT) return fault;
  const { TargetOSVersion, TargetBuildVersion, TargetLocalDateTime } = declaration.payload as Record<string, string>;
  if (!LOCAL.test(TargetLocalDateTime!)) {
    return reason('Error.ConfigurationIsInvalid', 'TargetLocalDateTime is not of the form yyyy-mm-ddThh:mm:ss');
  }
  const step = compareOsVersions(TargetOSVersion!, target.osVersion);
  // A security improvement goes on top of the same version.
  const isOther = TargetBuildVersion !== undefined && BUILDS.every((name) => status(name) !== TargetBuildVersion);
  if (step > 0 || (step === 0 && isOther)) return undefined;
  const description = `the target ${TargetOSVersion} is not newer than the installed ${target.osVersion}`;
  return reason('Error.ConfigurationCannotBeApplied', description);
}

/** Of several declarations of properties the later one holds. */
function propertiesOf(declarations: readonly Declaration[]): Values['property'] {
  const all = declarations.filter(({ type }) => type === PROPERTIES).map(({ payload }) => payload);
  return (name) => all.findLast((payload) => Object.hasOwn(payload, name))?.[name];
}
