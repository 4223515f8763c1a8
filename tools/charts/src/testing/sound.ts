import type { Terms } from '../rule.ts';

/** A small rendered chart with nothing wrong in it: one service, its migrations, and what stands around them. */
export const soundChart = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: r }
automountServiceAccountToken: false
---
apiVersion: v1
kind: Secret
metadata: { name: r-secrets }
stringData: { nats-url: nats://nats }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: r-ddm }
data: { LAMP_HTTP_PORT: "8080", LAMP_SERVICE: ddm, LAMP_DRAIN_SECONDS: "20" }
---
apiVersion: v1
kind: Service
metadata: { name: r-ddm }
spec:
  selector: { app: ddm }
  ports: [{ name: http, port: 8080, targetPort: http }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: r-ddm }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: ddm } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: r-ddm }
spec: { podSelector: { matchLabels: { app: ddm } }, ingress: [{ ports: [{ port: http }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: r-ddm }
spec:
  replicas: 2
  selector: { matchLabels: { app: ddm } }
  template:
    metadata: { labels: { app: ddm } }
    spec:
      serviceAccountName: r
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 30
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: ddm
          image: example.test/lamplighter:0.1.0
          workingDir: /app/services/ddm
          command: [node, ./dist/main.mjs]
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          envFrom: [{ configMapRef: { name: r-ddm } }]
          env: [{ name: LAMP_NATS_URL, valueFrom: { secretKeyRef: { name: r-secrets, key: nats-url } } }]
          ports: [{ name: http, containerPort: 8080 }]
          startupProbe: { httpGet: { path: /livez, port: http } }
          livenessProbe: { httpGet: { path: /livez, port: http } }
          readinessProbe: { httpGet: { path: /readyz, port: http } }
          lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }
          resources: { requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }
          volumeMounts: [{ name: tmp, mountPath: /tmp }]
      volumes: [{ name: tmp, emptyDir: {} }]
---
apiVersion: v1
kind: Secret
metadata: { name: r-migrations, annotations: { helm.sh/hook: pre-install, helm.sh/hook-weight: "-5" } }
stringData: { database-url: postgres://db }
---
apiVersion: batch/v1
kind: Job
metadata: { name: r-migrations, annotations: { helm.sh/hook: pre-install } }
spec:
  template:
    metadata: { labels: { app: migrations } }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: migrate
          image: example.test/lamplighter:0.1.0
          workingDir: /app/libs/storage
          command: [node, ./dist/migrate.mjs]
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          env: [{ name: LAMP_DATABASE_URL, valueFrom: { secretKeyRef: { name: r-migrations, key: database-url } } }]
          resources: { requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }
`;

export const terms: Terms = {
  settings: {
    base: ['LAMP_HTTP_PORT', 'LAMP_NATS_URL', 'LAMP_DATABASE_URL', 'LAMP_DRAIN_SECONDS'],
    services: { ddm: [] },
    sealing: [],
  },
  existing: { yours: ['ca.pem'] },
};
