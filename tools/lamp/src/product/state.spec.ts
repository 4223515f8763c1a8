import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { identify } from '../processes/identity.ts';
import {
  assertNotRunning,
  endOrphans,
  ownIdentity,
  type ProductState,
  readState,
  requireRunning,
  writeState,
} from './state.ts';

const urls = { gateway: '', admin: '', nats: '', redis: '', database: '' };
const base = { version: 1, phase: 'ready', startedAt: '2026-01-01T00:00:00Z', urls, ports: {}, processes: [] } as const;

describe('the state of an installation', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lamp-state-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const state = (more: Partial<ProductState>): ProductState => ({
    ...base,
    processes: [],
    lamp: ownIdentity(),
    ...more,
  });

  it('is read back as it was written, by its owner only', () => {
    writeState(dir, state({ ports: { gateway: 8443 } }));
    expect(readState(dir)?.ports).toEqual({ gateway: 8443 });
    expect(statSync(join(dir, 'state.json')).mode & 0o777).toBe(0o600);
  });

  it('keeps a second product out while its process lives', () => {
    writeState(dir, state({}));
    expect(() => assertNotRunning(dir)).toThrow(/runs already/);
  });

  it('is stale when its process is gone, even if another has the pid now', () => {
    writeState(dir, state({ lamp: { pid: process.pid, mark: 'of an earlier one' } }));
    assertNotRunning(dir);
    expect(() => requireRunning(dir)).toThrow(expect.objectContaining({ exitCode: 3 }));
  });

  it('counts a file that cannot be read as none', () => {
    writeFileSync(join(dir, 'state.json'), '{ "half":');
    expect(readState(dir)).toBeUndefined();
  });

  it('ends what a dead run left behind, and nothing that only has its pid', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    const part = { name: 'ddm', kind: 'service', restarts: 0, isReady: true, isExternal: false } as const;
    const reused = { ...part, name: 'nats', identity: { pid: process.pid, mark: 'of an earlier one' } };
    const exited = once(child, 'exit');
    const ended = await endOrphans(state({ processes: [{ ...part, identity: identify(child.pid ?? 0) }, reused] }));
    expect(ended).toEqual(['ddm']);
    await exited;
  });
});
