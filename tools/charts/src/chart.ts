import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { problemsOf } from './chart-rules.ts';
import { run } from './helm.ts';
import { parseManifests } from './manifests.ts';
import { chart } from './paths.ts';
import type { Settings } from './settings.ts';

/** The sets of values that the chart is rendered with (helm/lamplighter/ci). */
export const valueSets = ['minimal', 'production', 'everything'] as const;

const databaseKeys = ['update-scheduler', 'command-queue', 'apns-push', 'status-ingestion', 'ddm', 'admin-api'].map(
  (service) => `database-url-${service}`,
);

/** What README.md asks of the operator's own objects, under the names that the sets of values give them. */
const existing = {
  lamplighter: ['nats-url', 'redis-url', 'secret-key', 'admin-token-sha256', ...databaseKeys],
  'lamplighter-owner': ['database-url', 'role-passwords'],
  'gateway-tls': ['tls.crt', 'tls.key'],
  'mdm-example-test-tls': ['tls.crt', 'tls.key'],
  'device-ca': ['ca.pem'],
  'apns-ca': ['ca.pem'],
};

/** Values that must be refused, over the minimal set, and a word of what is then said. */
const refused: readonly { readonly set: string; readonly says: string }[] = [
  { set: 'config.LAMP_TYPO=1', says: 'LAMP_TYPO' },
  { set: 'services.ddm.config.LAMP_REPUSH_SECONDS=1', says: 'LAMP_REPUSH_SECONDS' },
  { set: 'config.LAMP_DATABASE_URL=postgres://x', says: 'LAMP_DATABASE_URL' },
  { set: 'services.device-gatway.replicas=1', says: 'device-gatway' },
  { set: 'services.ddm.replica=1', says: 'replica' },
  { set: 'image.tag=latest', says: 'tag' },
  { set: 'image.repository=', says: 'image.repository is needed' },
  { set: 'gateway.tls.existingSecret=', says: 'gateway.tls.existingSecret is needed' },
  { set: 'gateway.deviceCa.pem=', says: 'gateway.deviceCa is needed' },
  { set: 'secrets.secretKey=short', says: 'secretKey' },
  { set: 'secrets.natsUrl=', says: 'secrets.natsUrl' },
  { set: 'migrations.rolePasswords.ddm=null', says: 'rolePasswords' },
  { set: 'migrations.rolePasswords.ddm=a@b', says: 'ddm' },
];

function template(helm: string, args: readonly string[]): ReturnType<typeof run> {
  return run(helm, ['template', 'lamplighter', '.', '--namespace', 'mdm', '-f', 'ci/minimal-values.yaml', ...args]);
}

async function checkSet(helm: string, set: string, settings: Settings): Promise<string[]> {
  const values = `ci/${set}-values.yaml`;
  const lint = await run(helm, ['lint', '.', '--strict', '--values', values]);
  if (!lint.ok) return [`helm lint --strict, ${values}:\n${lint.stdout}${lint.stderr}`];
  const made = await run(helm, ['template', 'lamplighter', '.', '--namespace', 'mdm', '--values', values]);
  if (!made.ok) return [`helm template, ${values}: ${made.stderr}`];
  return problemsOf(parseManifests(made.stdout), { settings, existing }).map((problem) => `${set}: ${problem}`);
}

async function checkRefused(helm: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { set, says } of refused) {
    const { ok, stderr } = await template(helm, ['--set', set]);
    if (ok) problems.push(`--set ${set} is taken, and must not be`);
    else if (!stderr.includes(says)) problems.push(`--set ${set} is refused without saying ${says}: ${stderr}`);
  }
  return problems;
}

/** Every key of the operator's Secrets is in the README, by name. */
function checkReadme(): string[] {
  const readme = readFileSync(join(chart, 'README.md'), 'utf8');
  const keys = [...new Set(Object.values(existing).flat())];
  return keys.filter((key) => !readme.includes(`\`${key}\``)).map((key) => `README.md does not say what ${key} is`);
}

/** What is wrong with the chart, by real Helm; empty when it is sound. */
export async function checkChart(helm: string, settings: Settings): Promise<string[]> {
  const sets = await Promise.all(valueSets.map((set) => checkSet(helm, set, settings)));
  return [...sets.flat(), ...(await checkRefused(helm)), ...checkReadme()];
}
