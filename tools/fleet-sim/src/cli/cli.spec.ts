import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from '../apns/push-pki.ts';
import { pkiIn } from '../pki/pki-directory.ts';
import { MdmServer } from '../testing/mdm-server.ts';
import { until } from '../testing/until.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

let directory: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleet-sim-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

interface Run {
  readonly lines: Record<string, unknown>[];
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

function run(...args: readonly string[]): Run {
  const started = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  child = started;
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  let errors = '';
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as Record<string, unknown>);
  });
  started.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  // Not at `exit`: what it wrote last may still be on its way.
  return { lines, errors: () => errors, ended: new Promise((resolve) => started.once('close', resolve)) };
}

describe('the command line', () => {
  it('enrolls a fleet from the files it was given, and ends on SIGINT with a summary', async () => {
    const pki = pkiIn(directory, topicOf('lamplighter'));
    const server = new MdmServer(pki);
    await server.listen();
    writeFileSync(join(directory, 'server-ca.pem'), server.ca);
    const args = ['--server', server.url, '--server-ca', join(directory, 'server-ca.pem'), '--pki-dir', directory];
    const { lines, ended, errors } = run(
      'run',
      ...args,
      '--devices',
      '3',
      '--behaviours',
      'notNow=1',
      '--control-port',
      '0',
      '--json',
    );
    await until('all are enrolled', () => lines.some(({ kind }) => kind === 'enrolled'), 60_000);
    const [started] = lines;
    expect(started).toMatchObject({ kind: 'started', topic: pki.topic });
    const summary = (await (await fetch(`${String(started!['control'])}/summary`)).json()) as Record<string, unknown>;
    expect(summary).toMatchObject({ devices: 3, states: { idle: 3 } });
    child!.kill('SIGINT');
    expect(await ended).toBe(0);
    await server.close();
    expect(lines.at(-1)).toMatchObject({ kind: 'summary', behaviours: { notNow: { devices: 3 } } });
    expect(errors()).toBe('');
  });

  it('makes the certificates alone, and keeps those that are there', async () => {
    const first = run('pki', '--pki-dir', directory);
    expect(await first.ended).toBe(0);
    const made = pkiIn(directory, 'unused');
    const second = run('pki', '--pki-dir', directory, '--seed', 'another');
    expect(await second.ended).toBe(0);
    expect(pkiIn(directory, 'unused')).toEqual(made);
    expect(second.lines[0]).toMatchObject({ topic: topicOf('lamplighter') });
  });

  it.each([
    [['run'], '--server'],
    [
      ['run', '--server', 'https://localhost:1/mdm', '--pki-dir', '/nonexistent', '--devices', 'many'],
      'a whole number is due',
    ],
  ])('says what is wrong with %j', async (args, what) => {
    const { ended, errors } = run(...args);
    expect(await ended).toBe(1);
    expect(errors()).toContain(what);
  });
});
