import type { Command } from 'commander';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { exitCode } from '../errors.ts';
import { print, say } from '../output.ts';
import { stateDir } from '../paths.ts';
import { build } from '../product/build.ts';
import { natsServer } from '../servers/binaries.ts';
import { startServers } from '../servers/start-servers.ts';
import { countsLine, isSuccess } from '../tests/counts.ts';
import { runJest } from '../tests/run-jest.ts';
import { removeScratch, scratchDir } from '../tests/scratch.ts';
import { documented, interrupted, withDir } from './common.ts';

interface Options {
  readonly dir?: string;
  readonly name?: string;
  readonly watch?: boolean;
  readonly build: boolean;
}

export function registerTest(program: Command): void {
  const command = program
    .command('test')
    .summary('run every test, or those whose path matches')
    .description(
      'Starts private servers for the run (LAMP_NATS_URL, LAMP_REDIS_URL and LAMP_DATABASE_URL name others), builds what\n' +
        'is out of date and runs the tests. The last line is "N passed, N failed", with ", N skipped" when some were.',
    )
    .argument('[patterns...]', 'parts of the paths of spec files; all of them when absent')
    .option('-t, --name <regex>', 'only tests whose title matches')
    .option('--watch', 'run again when files change')
    .option('--no-build', 'do not build first')
    .action(runTests);
  documented(withDir(command), ['lamp test', 'lamp test libs/apple', 'lamp test command-store -t NotNow']);
}

async function runTests(patterns: string[], options: Options): Promise<void> {
  const signal = interrupted();
  const parent = join(stateDir(options.dir), 'test');
  mkdirSync(parent, { recursive: true });
  if (options.build) await build();
  const dir = scratchDir(parent);
  try {
    const servers = await startServers({ dir, durability: 'fast', restart: false });
    try {
      const counts = await runJest({
        args: [
          ...(options.watch === true ? ['--watch'] : []),
          ...(options.name === undefined ? [] : ['--testNamePattern', options.name]),
          ...patterns,
        ],
        env: {
          LAMP_NATS_URL: servers.urls.nats,
          LAMP_REDIS_URL: servers.urls.redis,
          LAMP_DATABASE_URL: servers.urls.database,
          // For specs that kill a broker of their own.
          ...(servers.all.nats.process !== undefined && { LAMP_NATS_SERVER: (await natsServer()).path }),
        },
        resultsFile: join(dir, 'jest.json'),
        signal,
      });
      if (signal.aborted) say('Interrupted.');
      if (!isSuccess(counts) || signal.aborted) process.exitCode = exitCode.failed;
      print(countsLine(counts));
    } finally {
      await servers.stop();
    }
  } finally {
    removeScratch(dir);
  }
}
