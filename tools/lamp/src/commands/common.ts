import { type Command, InvalidArgumentError } from 'commander';

/** The exit codes, for the foot of each command's help. */
const exitCodes = `
Exit codes:
  0  ok
  1  failed
  2  wrong usage
  3  not running (lamp up has not been run, or was stopped)`;

/** Adds what every command's help ends with. */
export function documented(command: Command, examples: readonly string[], codes = exitCodes): Command {
  // Help is wrapped to the terminal's width: a line break of our own would leave ragged lines.
  command.description(command.description().replaceAll('\n', ' '));
  const lines = examples.map((example) => `  $ ${example}`).join('\n');
  return command.addHelpText('after', `\nExamples:\n${lines}\n${codes}`);
}

/** `--dir`, for commands that work on an installation. */
export function withDir(command: Command): Command {
  return command.option(
    '--dir <path>',
    'state directory: data, logs, secrets (default: LAMP_DIR, else .lamp in the checkout)',
  );
}

/** Aborts on Ctrl-C and SIGTERM; a second Ctrl-C ends at once. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return controller.signal;
}

/** Parses a whole number of at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Not a whole number from ${least} to ${most}.`);
  };
}

/** Resolves when the signal fires. */
export function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
