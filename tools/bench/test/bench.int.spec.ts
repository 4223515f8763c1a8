import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../lamp/src/main.ts');
const KEYS = ['name', 'value', 'unit', 'baseline', 'ratio', 'goal', 'cpuSeconds', 'runs'];

describe('lamp bench', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lamp-bench-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  async function bench(...args: string[]): Promise<{ code: number; lines: string[]; said: string }> {
    const all = [main, 'bench', ...args, '--dir', dir];
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, lines: out.split('\n').filter((line) => line !== ''), said };
  }

  it('measures fanout and exchange on servers of its own, and leaves nothing behind', async () => {
    const tiny = ['--json', '--devices', '4000', '--runs', '1', '--seconds', '1'];
    const { code, lines, said } = await bench('fanout', 'exchange', ...tiny);
    expect(code === 0 ? [] : said.split('\n')).toEqual([]);
    const results = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(results.map(({ name }) => name)).toEqual(['fanout', 'exchange-64', 'exchange', 'exchange-p99']);
    for (const result of results) {
      expect(Object.keys(result)).toEqual(KEYS);
      for (const key of ['value', 'baseline', 'ratio', 'cpuSeconds']) expect(result[key]).toBeGreaterThan(0);
      expect(result['runs']).toBe(1);
    }
    expect(readdirSync(join(dir, 'bench'))).toEqual([]);
  }, 180_000);

  it('measures commands for a fleet, messages in both directions, and signatures', async () => {
    const tiny = ['--json', '--devices', '2000', '--runs', '1', '--seconds', '1'];
    const { code, lines, said } = await bench('enqueue', 'publish', 'consume', 'signature', ...tiny);
    expect(code === 0 ? [] : said.split('\n')).toEqual([]);
    const results = lines.map((line) => JSON.parse(line) as { name: string; ratio: number });
    const messages = ['publish', 'publish-client', 'consume'];
    const names = ['enqueue', 'enqueue-floor', ...messages, 'signature', 'signature-cold', 'signature-ec'];
    expect(results.map(({ name }) => name)).toEqual(names);
    for (const { ratio } of results) expect(ratio).toBeGreaterThan(0);
  }, 180_000);

  it('measures declarations: given to a fleet, and synced by it', async () => {
    const tiny = ['--json', '--devices', '2000', '--runs', '1', '--seconds', '1'];
    const { code, lines, said } = await bench('ddm-assign', 'ddm-sync', ...tiny);
    expect(code === 0 ? [] : said.split('\n')).toEqual([]);
    const results = lines.map((line) => JSON.parse(line) as { name: string; ratio: number });
    expect(results.map(({ name }) => name)).toEqual(['ddm-assign', 'ddm-assign-change', 'ddm-sync']);
    for (const { ratio } of results) expect(ratio).toBeGreaterThan(0);
  }, 180_000);

  it('measures updates that reports move on, and a dry run', async () => {
    const { code, lines, said } = await bench('advance', 'dry-run', '--json', '--devices', '2000', '--runs', '1');
    expect(code === 0 ? [] : said.split('\n')).toEqual([]);
    const results = lines.map((line) => JSON.parse(line) as { name: string; ratio: number });
    expect(results.map(({ name }) => name)).toEqual(['advance', 'dry-run']);
    for (const { ratio } of results) expect(ratio).toBeGreaterThan(0);
  }, 180_000);

  it('says which benchmarks there are when it is asked for another', async () => {
    const { code, said } = await bench('speed');
    expect(code).toBe(2);
    expect(said).toMatch(/There are: fanout, .*exchange, /);
  }, 180_000);
});
