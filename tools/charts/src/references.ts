import type { Container, Pod } from './manifests.ts';

/** What a pod cannot start without: an object, and a key of it where it asks for one. */
export interface Reference {
  readonly kind: 'Secret' | 'ConfigMap' | 'ServiceAccount';
  readonly name: string;
  readonly key?: string;
}

function ofContainer({ env = [], envFrom = [] }: Container): Reference[] {
  return [
    ...env.flatMap(({ valueFrom }): Reference[] => {
      const ref = valueFrom?.secretKeyRef;
      return ref === undefined || ref.optional === true ? [] : [{ kind: 'Secret', name: ref.name, key: ref.key }];
    }),
    ...envFrom.flatMap(({ configMapRef: ref }): Reference[] => (ref ? [{ kind: 'ConfigMap', name: ref.name }] : [])),
  ];
}

export function referencesOf(pod: Pod): Reference[] {
  const { containers, volumes = [], serviceAccountName } = pod;
  return [
    ...containers.flatMap(ofContainer),
    ...volumes.flatMap(({ secret, configMap }): Reference[] => [
      ...(secret ? [{ kind: 'Secret', name: secret.secretName } as const] : []),
      ...(configMap ? [{ kind: 'ConfigMap', name: configMap.name } as const] : []),
    ]),
    ...(serviceAccountName === undefined ? [] : [{ kind: 'ServiceAccount', name: serviceAccountName } as const]),
  ];
}
