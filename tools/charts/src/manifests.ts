import { parseAllDocuments } from 'yaml';

/** What the checks read of a Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Texts };
  readonly data?: Texts;
  readonly stringData?: Texts;
  readonly automountServiceAccountToken?: boolean;
  readonly spec?: Spec;
}

export type Texts = Readonly<Record<string, string>>;

/** The union of the specs of the kinds that the chart makes. */
export interface Spec {
  readonly replicas?: number;
  readonly selector?: { readonly matchLabels?: Texts } & Readonly<Record<string, unknown>>;
  readonly podSelector?: { readonly matchLabels?: Texts };
  readonly template?: { readonly metadata: { readonly labels?: Texts }; readonly spec: Pod };
  readonly ports?: readonly { readonly name: string; readonly targetPort: string | number }[];
  readonly ingress?: readonly { readonly ports?: readonly { readonly port: string | number }[] }[];
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
}

export interface Pod {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: SecurityContext;
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly seccompProfile?: { readonly type: string };
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

export interface Volume {
  readonly name: string;
  readonly secret?: { readonly secretName: string };
  readonly configMap?: { readonly name: string };
  readonly hostPath?: unknown;
}

interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly workingDir?: string;
  readonly command?: readonly string[];
  readonly securityContext?: SecurityContext;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: KeyRef };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } };
  readonly resources?: { readonly requests?: Texts; readonly limits?: Texts };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** The objects of a rendered chart. Throws on YAML that is not unambiguous (a key twice). */
export function parseManifests(text: string): Manifest[] {
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(error.message);
    const manifest = document.toJS() as Manifest | null;
    return manifest === null ? [] : [manifest];
  });
}

export function podOf(manifest: Manifest): Pod | undefined {
  return manifest.spec?.template?.spec;
}

/** True when `selector` has labels and an object with `labels` is chosen by it. */
export function selects(selector: Texts | undefined, labels: Texts | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([name, value]) => labels?.[name] === value);
}
