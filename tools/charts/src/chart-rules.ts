import { type Manifest, podOf, selects } from './manifests.ts';
import { podRules } from './pod-rules.ts';
import { hooksStandAlone, referencesResolve } from './reference-rules.ts';
import { type Rule, type Terms, label } from './rule.ts';

/** What is wrong with a rendered chart, one line each, naming the object; empty when it is sound. */
export function problemsOf(manifests: readonly Manifest[], terms: Terms): string[] {
  return rules.flatMap((rule) => rule(manifests, terms));
}

function workloads(manifests: readonly Manifest[], kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

const everyServiceIsThere: Rule = (manifests, { settings }) =>
  Object.keys(settings.services).flatMap((service) =>
    ['Deployment', 'Service', 'ConfigMap'].flatMap((kind) => {
      const found = workloads(manifests, kind).filter(({ metadata }) => metadata.name.endsWith(`-${service}`));
      return found.length === 1 ? [] : [`${service}: ${found.length} objects of kind ${kind}, not one`];
    }),
  );

const namesAreUnique: Rule = (manifests) => {
  const names = manifests.map(label);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name}: is there twice`);
};

const selectorsMatch: Rule = (manifests) => {
  const deployments = workloads(manifests, 'Deployment');
  return deployments.flatMap((deployment) => {
    const labels = deployment.spec?.template?.metadata.labels;
    if (!selects(deployment.spec?.selector?.matchLabels, labels))
      return [`${label(deployment)}: its selector does not match the labels of its pods`];
    const others = deployments.filter(
      (other) =>
        other !== deployment && selects(deployment.spec?.selector?.matchLabels, other.spec?.template?.metadata.labels),
    );
    return others.map((other) => `${label(deployment)}: its selector takes the pods of ${label(other)} too`);
  });
};

/** The Deployments whose pods an object selects. */
function targetsOf(manifest: Manifest, manifests: readonly Manifest[]): Manifest[] {
  const { selector, podSelector } = manifest.spec ?? {};
  const labels =
    manifest.kind === 'Service' ? (selector as Record<string, string>) : (selector ?? podSelector)?.matchLabels;
  return workloads(manifests, 'Deployment').filter(({ spec }) => selects(labels, spec?.template?.metadata.labels));
}

const targetsAndPortsExist: Rule = (manifests) =>
  ['Service', 'PodDisruptionBudget', 'NetworkPolicy']
    .flatMap((kind) => workloads(manifests, kind))
    .flatMap((manifest) => {
      const [target, ...more] = targetsOf(manifest, manifests);
      if (target === undefined || more.length > 0)
        return [`${label(manifest)}: selects ${more.length + (target ? 1 : 0)} Deployments, not one`];
      const offered = podOf(target)?.containers.flatMap(({ ports = [] }) => ports) ?? [];
      const wanted = [
        ...(manifest.spec?.ports ?? []).map(({ targetPort }) => targetPort),
        ...(manifest.spec?.ingress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port)),
      ];
      return wanted
        .filter((port) => !offered.some(({ name, containerPort }) => name === port || containerPort === port))
        .map((port) => `${label(manifest)}: ${label(target)} has no port ${port}`);
    });

const budgetsLetNodesDrain: Rule = (manifests) =>
  workloads(manifests, 'PodDisruptionBudget').flatMap((budget) => {
    const { minAvailable, maxUnavailable } = budget.spec ?? {};
    return targetsOf(budget, manifests).flatMap((target) => {
      const replicas = target.spec?.replicas ?? 1;
      if (
        maxUnavailable === 0 ||
        maxUnavailable === '0%' ||
        minAvailable === '100%' ||
        Number(minAvailable) >= replicas
      )
        return [`${label(budget)}: never lets a pod go, so no node can be drained`];
      if (maxUnavailable === undefined && minAvailable === undefined) return [`${label(budget)}: says nothing`];
      return Number(maxUnavailable) >= replicas ? [`${label(budget)}: allows all ${replicas} pods to go at once`] : [];
    });
  });

const accountsHaveNoToken: Rule = (manifests) =>
  workloads(manifests, 'ServiceAccount')
    .filter(({ automountServiceAccountToken }) => automountServiceAccountToken !== false)
    .map((account) => `${label(account)}: automountServiceAccountToken is not false`);

const rules: readonly Rule[] = [
  everyServiceIsThere,
  namesAreUnique,
  selectorsMatch,
  targetsAndPortsExist,
  budgetsLetNodesDrain,
  accountsHaveNoToken,
  hooksStandAlone,
  referencesResolve,
  ...podRules,
];
