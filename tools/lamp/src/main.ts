import { Command, CommanderError } from 'commander';

import { registerApply, registerDiff } from './commands/apply.ts';
import { registerBench } from './commands/bench.ts';
import { registerCatalog } from './commands/catalog.ts';
import { registerCommand } from './commands/command.ts';
import { registerDeadLetters } from './commands/dead-letters.ts';
import { registerDeclarations, registerDeclarationStatus } from './commands/declarations.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDevice } from './commands/device.ts';
import { registerExport } from './commands/export.ts';
import { registerFindings } from './commands/findings.ts';
import { registerFuzz } from './commands/fuzz.ts';
import { registerDown } from './commands/down.ts';
import { registerGroup } from './commands/group.ts';
import { registerLogs } from './commands/logs.ts';
import { registerPolicy } from './commands/policy.ts';
import { registerTenant } from './commands/policy-control.ts';
import { registerFleet, registerPushCertificate } from './commands/push-certificate.ts';
import { registerRollout } from './commands/rollout.ts';
import { registerSource } from './commands/source.ts';
import { registerSets } from './commands/sets.ts';
import { registerStatus } from './commands/status.ts';
import { registerTest } from './commands/test.ts';
import { registerToken } from './commands/token.ts';
import { registerTrace, registerTraces } from './commands/trace.ts';
import { registerUp } from './commands/up.ts';
import { registerWhy } from './commands/why.ts';
import { registerWebhook } from './commands/webhook.ts';
import { registerWindow } from './commands/window.ts';
import { exitCode, LampError } from './errors.ts';
import { say } from './output.ts';

/** In the order of `lamp --help`. */
const commands: readonly ((program: Command) => void)[] = [
  registerDemo,
  registerUp,
  registerDown,
  registerStatus,
  registerLogs,
  registerApply,
  registerDiff,
  registerExport,
  registerPolicy,
  registerWindow,
  registerTenant,
  registerGroup,
  registerRollout,
  registerDevice,
  registerWhy,
  registerCommand,
  registerDeclarations,
  registerSets,
  registerDeclarationStatus,
  registerFindings,
  registerFleet,
  registerCatalog,
  registerPushCertificate,
  registerToken,
  registerWebhook,
  registerSource,
  registerDeadLetters,
  registerTrace,
  registerTraces,
  registerTest,
  registerBench,
  registerFuzz,
];

function program(): Command {
  const lamp = new Command('lamp')
    .description('Lamplighter: OS updates for large Apple fleets, brought in during their nightly windows.')
    .version('0.1.0')
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
  for (const register of commands) register(lamp);
  return lamp;
}

// Whoever read this output has seen enough (`lamp device list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has already written its message or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  if (error instanceof LampError) {
    say(`lamp: ${error.message}`);
    if (error.remedy !== undefined) say(`  → ${error.remedy}`);
    return error.exitCode;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCode.failed;
}
