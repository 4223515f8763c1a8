import { describe, expect, it } from '@jest/globals';

import { problemsOf } from './chart-rules.ts';
import { parseManifests } from './manifests.ts';
import { soundChart, terms } from './testing/sound.ts';

function problemsAfter(from: string, to: string): string[] {
  if (!soundChart.includes(from)) throw new Error(`nothing to break: ${from}`);
  return problemsOf(parseManifests(soundChart.replace(from, to)), terms);
}

describe('a rendered chart', () => {
  it('has no problems when it is sound', () => {
    expect(problemsOf(parseManifests(soundChart), terms)).toEqual([]);
  });

  it.each([
    [
      'a selector that misses its pods',
      'labels: { app: ddm }',
      'labels: { app: other }',
      'its selector does not match',
    ],
    [
      'a Service that selects nothing',
      'selector: { app: ddm }',
      'selector: { app: x }',
      'Service r-ddm: selects 0 Deploy',
    ],
    ['a Service port that no pod has', 'targetPort: http', 'targetPort: web', 'has no port web'],
    ['a policy port that no pod has', '[{ port: http }]', '[{ port: web }]', 'has no port web'],
    ['a budget that never lets go', 'maxUnavailable: 1', 'maxUnavailable: 0', 'never lets a pod go'],
    ['a budget of all replicas', 'maxUnavailable: 1', 'minAvailable: 2', 'never lets a pod go'],
    ['a budget that protects nothing', 'maxUnavailable: 1', 'maxUnavailable: 2', 'allows all 2 pods'],
    ['an account with a token', 'r }\nautomountServiceAccountToken: false', 'r }', 'ServiceAccount r: automount'],
    ['a Secret key that is not made', 'key: nats-url', 'key: nats', 'Secret r-secrets has no key nats'],
    ['a Secret that nobody makes', 'name: r-secrets, key', 'name: other, key', 'no Secret other is made or documented'],
    ['a missing account', 'serviceAccountName: r', 'serviceAccountName: x', 'no ServiceAccount x'],
    ['a missing volume source', 'emptyDir: {}', 'secret: { secretName: x }', 'no Secret x'],
    ['a migration that is no hook', 'helm.sh/hook: pre-install }', 'x: y }', 'is no hook'],
    ['a hook’s Secret that is made too late', 'hook-weight: "-5"', 'hook-weight: "0"', 'which is made after it'],
    [
      'a missing service',
      'kind: Service\nmetadata: { name: r-ddm }',
      'kind: Service\nmetadata: { name: x }',
      '0 objects of',
    ],
    ['an object twice', 'metadata: { name: r-secrets }', 'metadata: { name: r-migrations }', 'is there twice'],
  ])('%s is found', (_, from, to, problem) => {
    expect(problemsAfter(from, to).join('\n')).toContain(problem);
  });

  it.each([
    ['a pod that may be root', 'runAsNonRoot: true', 'runAsNonRoot: false', 'runAsNonRoot is not true'],
    ['no seccomp profile', 'type: RuntimeDefault', 'type: Unconfined', 'seccompProfile'],
    ['escalation', 'allowPrivilegeEscalation: false', 'x: y', 'allowPrivilegeEscalation'],
    ['a file system that may be written', 'readOnlyRootFilesystem: true', 'x: y', 'readOnlyRootFilesystem'],
    ['capabilities that are kept', 'drop: [ALL]', 'drop: [KILL]', 'does not drop ALL'],
    ['a capability that is added', 'drop: [ALL]', 'drop: [ALL], add: [CHOWN]', 'adds capabilities'],
    ['a path of the node', 'emptyDir: {}', 'hostPath: { path: / }', 'mounts a path of its node'],
    ['no CPU request', 'cpu: 1, ', '', 'requests no CPU'],
    ['no memory limit', 'limits: { memory: 1Gi }', 'limits: {}', 'no memory limit'],
    ['the tag latest', 'lamplighter:0.1.0', 'lamplighter:latest', 'its image is not fixed'],
    ['no tag', 'test/lamplighter:0.1.0', 'test:5000/lamplighter', 'its image is not fixed'],
    ['a probe of another path', 'path: /readyz', 'path: /livez', 'readinessProbe does not ask /readyz'],
    ['a probe of no port', 'path: /livez, port: http', 'path: /livez, port: web', 'startupProbe does not ask'],
    ['no wait before SIGTERM', 'preStop', 'postStart', 'no preStop sleep'],
    [
      'a grace period that cuts the drain',
      'PeriodSeconds: 30',
      'PeriodSeconds: 25',
      'not above drain + preStop (25 s)',
    ],
    ['a setting that nobody reads', 'LAMP_SERVICE: ddm', 'LAMP_TYPO: x', 'ddm reads no setting LAMP_TYPO'],
    ['a variable of another program', 'name: LAMP_DATABASE_URL', 'name: LAMP_NATS_URL', 'migrations reads no setting'],
    ['a setting twice', 'LAMP_SERVICE: ddm', 'LAMP_NATS_URL: x', 'LAMP_NATS_URL is set twice'],
    ['a number that YAML mangled', '"20"', '"1.6777216e+07"', 'is not the text of a setting'],
    ['a port that the settings do not say', 'LAMP_HTTP_PORT: "8080"', 'LAMP_HTTP_PORT: "9"', 'port http is not what'],
    ['a mount of no volume', 'name: tmp, mountPath', 'name: x, mountPath', 'mounts x, which is no volume'],
    ['a program that is not built', '/app/services/ddm', '/app/services/dm', 'is not what the build makes'],
  ])('%s is found', (_, from, to, problem) => {
    expect(problemsAfter(from, to).join('\n')).toContain(problem);
  });

  it('finds a service that seals secrets and has no key for it', () => {
    const sealing = { ...terms, settings: { ...terms.settings, sealing: ['ddm'] } };
    expect(problemsOf(parseManifests(soundChart), sealing).join('\n')).toContain('ddm seals secrets, and has no');
  });

  it('takes a Secret or ConfigMap of the operator’s that is documented', () => {
    expect(problemsAfter('emptyDir: {}', 'configMap: { name: yours }')).toEqual([]);
  });

  it('refuses a key that is there twice', () => {
    expect(() => parseManifests('data:\n  a: 1\n  a: 2\n')).toThrow('unique');
  });
});
