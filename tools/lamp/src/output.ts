/** A progress line for the person watching; stdout stays for results. */
export function say(line: string): void {
  process.stderr.write(`${legible(line)}\n`);
}

/** A result line. */
export function print(line: string): void {
  process.stdout.write(`${legible(line)}\n`);
}

/**
 * What devices and other servers said is in these lines, and a terminal does what control characters tell it: moves, hides and
 * rewrites text, or answers as if somebody had typed. Line ends and tabs stay.
 */
export function legible(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
