import { type Manifest, podOf } from './manifests.ts';
import { type Reference, referencesOf } from './references.ts';
import { type Rule, type Terms, label } from './rule.ts';

function find(manifests: readonly Manifest[], { kind, name }: Reference): Manifest | undefined {
  return manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
}

function problemOf(reference: Reference, manifests: readonly Manifest[], { existing }: Terms): string | undefined {
  const { kind, name, key } = reference;
  const made = find(manifests, reference);
  const keys = made ? Object.keys({ ...made.data, ...made.stringData }) : existing[name];
  if (keys === undefined) return `no ${kind} ${name} is made or documented`;
  return key === undefined || keys.includes(key) ? undefined : `${kind} ${name} has no key ${key}`;
}

/** Every object that a pod names is made here, with the key that it asks for, or is a documented one of the operator's. */
export const referencesResolve: Rule = (manifests, terms) =>
  manifests.flatMap((manifest) => {
    const pod = podOf(manifest);
    const problems = pod ? referencesOf(pod).map((reference) => problemOf(reference, manifests, terms)) : [];
    return problems.flatMap((problem) => (problem === undefined ? [] : [`${label(manifest)}: ${problem}`]));
  });

function hookWeight({ metadata: { annotations } }: Manifest): number | undefined {
  return annotations?.['helm.sh/hook'] === undefined ? undefined : Number(annotations['helm.sh/hook-weight'] ?? 0);
}

/** On the first install a hook runs before anything else exists: all that it names must be a hook before it, or the operator's. */
export const hooksStandAlone: Rule = (manifests) =>
  manifests
    .filter(({ kind }) => kind === 'Job')
    .flatMap((job) => {
      const own = hookWeight(job);
      if (own === undefined) return [`${label(job)}: is no hook`];
      const pod = podOf(job);
      const needed = (pod ? referencesOf(pod) : []).map((reference) => find(manifests, reference));
      return needed
        .filter((other) => other !== undefined)
        .filter((other) => (hookWeight(other) ?? Infinity) >= own)
        .map((other) => `${label(job)}: needs ${label(other)}, which is made after it`);
    });
