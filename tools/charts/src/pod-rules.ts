import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { type Container, type Manifest, type Pod, type SecurityContext, podOf } from './manifests.ts';
import { root } from './paths.ts';
import { type Rule, label } from './rule.ts';
import { unread, withoutKey } from './settings.ts';

interface Place {
  readonly manifest: Manifest;
  readonly pod: Pod;
  readonly container: Container;
  readonly manifests: readonly Manifest[];
}

/** A rule about each container of each pod; what it finds is named by the object that makes the pod. */
function each(find: (place: Place, terms: Parameters<Rule>[1]) => readonly (string | false | undefined)[]): Rule {
  return (manifests, terms) =>
    manifests.flatMap((manifest) => {
      const pod = podOf(manifest);
      return (pod?.containers ?? []).flatMap((container) =>
        find({ manifest, pod: pod as Pod, container, manifests }, terms)
          .filter((problem): problem is string => typeof problem === 'string')
          .map((problem) => `${label(manifest)}: ${problem}`),
      );
    });
}

/** Kubernetes' `restricted` Pod Security Standard, a read-only file system, and no token. */
const restrictions: Readonly<Record<string, (pod: Pod, own: SecurityContext) => boolean>> = {
  'automountServiceAccountToken is not false': (pod) => pod.automountServiceAccountToken === false,
  'runAsNonRoot is not true': (pod) => pod.securityContext?.runAsNonRoot === true,
  'seccompProfile is not RuntimeDefault': (pod) => pod.securityContext?.seccompProfile?.type === 'RuntimeDefault',
  'allowPrivilegeEscalation is not false': (_, own) => own.allowPrivilegeEscalation === false,
  'readOnlyRootFilesystem is not true': (_, own) => own.readOnlyRootFilesystem === true,
  'is privileged': (_, own) => own.privileged !== true,
  'does not drop ALL capabilities': (_, own) => own.capabilities?.drop?.includes('ALL') === true,
  'adds capabilities': (_, own) => (own.capabilities?.add ?? []).length === 0,
  'mounts a path of its node': (pod) => !pod.volumes?.some(({ hostPath }) => hostPath !== undefined),
};

const isRestricted = each(({ pod, container }) =>
  Object.entries(restrictions).map(([problem, holds]) => !holds(pod, container.securityContext ?? {}) && problem),
);

const hasResources = each(({ container: { resources } }) => [
  (resources?.requests?.['cpu'] === undefined || resources.requests['memory'] === undefined) &&
    'requests no CPU or memory',
  resources?.limits?.['memory'] === undefined && 'has no memory limit',
]);

const hasFixedImage = each(({ container: { image } }) => {
  const tag = /:([^:/@]+)$/.exec(image)?.[1];
  return [!image.includes('@sha256:') && (tag === undefined || tag === 'latest') && `its image is not fixed: ${image}`];
});

const hasProbes = each(({ manifest, container }) => {
  if (manifest.kind !== 'Deployment') return [];
  const wanted = { startupProbe: '/livez', livenessProbe: '/livez', readinessProbe: '/readyz' } as const;
  return Object.entries(wanted).map(([name, path]) => {
    const get = container[name as keyof typeof wanted]?.httpGet;
    const offered = container.ports?.some((port) => port.name === get?.port || port.containerPort === get?.port);
    return (get?.path !== path || offered !== true) && `${name} does not ask ${path} on a port that it has`;
  });
});

function configOf({ container, manifests }: Place): Record<string, string> {
  const maps = (container.envFrom ?? []).map(({ configMapRef }) => configMapRef?.name);
  return Object.assign(
    {},
    ...manifests
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && maps.includes(metadata.name))
      .map(({ data }) => data),
  );
}

const drainsInTime = each((place) => {
  const { manifest, pod, container } = place;
  if (manifest.kind !== 'Deployment') return [];
  const command = container.lifecycle?.preStop?.exec?.command ?? [];
  if (command[0] !== 'sleep') return ['has no preStop sleep: load balancers would still send while it stops'];
  const needed = Number(configOf(place)['LAMP_DRAIN_SECONDS'] ?? 20) + Number(command[1]);
  const grace = pod.terminationGracePeriodSeconds ?? 30;
  return [!(grace > needed) && `its grace period (${grace} s) is not above drain + preStop (${needed} s)`];
});

function serviceOf({ manifest }: Place, services: readonly string[]): string | undefined {
  return [...services, 'migrations'].find((name) => manifest.metadata.name.endsWith(`-${name}`));
}

const settingsAreRead = each((place, { settings }) => {
  const service = serviceOf(place, Object.keys(settings.services));
  if (service === undefined) return ['runs no service that is known'];
  const env = (place.container.env ?? []).map(({ name }) => name);
  const config = Object.keys(configOf(place));
  return [
    ...unread(settings, service, [...config, ...env]).map((name) => `${service} reads no setting ${name}`),
    ...withoutKey(settings, service, [...config, ...env]),
    ...env.filter((name) => config.includes(name)).map((name) => `${name} is set twice`),
    ...Object.entries(configOf(place))
      .filter(([, value]) => typeof value !== 'string' || /^\d(\.\d+)?e\+\d+$/.test(value))
      .map(([name, value]) => `${name} is not the text of a setting: ${value}`),
  ];
});

const portsAreTheSettings = each((place) => {
  const config = configOf(place);
  const settings = { http: 'LAMP_HTTP_PORT', devices: 'LAMP_GATEWAY_PORT' } as Record<string, string>;
  return (place.container.ports ?? []).map(
    ({ name, containerPort }) =>
      config[settings[name] ?? ''] !== String(containerPort) && `port ${name} is not what ${settings[name]} says`,
  );
});

const mountsExist = each(({ pod, container }) =>
  (container.volumeMounts ?? []).map(
    ({ name }) =>
      !pod.volumes?.some((volume) => volume.name === name) && `mounts ${name}, which is no volume of its pod`,
  ),
);

/** The image keeps the tree of the repository below /app, so what runs must be what the build makes there. */
const runsWhatIsBuilt = each(({ container: { workingDir = '', command = [] } }) => {
  const folder = workingDir.replace(/^\/app\//, '');
  const entry = command.at(-1) ?? '';
  const isBuilt = entry.startsWith('./dist/') && existsSync(join(root, folder)) && workingDir.startsWith('/app/');
  return [!isBuilt && `${workingDir} ${entry} is not what the build makes`];
});

export const podRules: readonly Rule[] = [
  isRestricted,
  hasResources,
  hasFixedImage,
  hasProbes,
  drainsInTime,
  settingsAreRead,
  portsAreTheSettings,
  mountsExist,
  runsWhatIsBuilt,
];
