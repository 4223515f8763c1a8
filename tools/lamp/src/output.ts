/** A progress line for the person watching; stdout stays for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A result line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
