import { program } from './cli/program.ts';

try {
  await program().parseAsync();
} catch (error) {
  process.stderr.write(`fleet-sim: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
