/** Lines that are shown to a person: drawn over in a terminal, printed one after the other elsewhere. */
export interface Screen {
  readonly isLive: boolean;
  /** Replaces the block shown before. */
  draw(lines: readonly string[]): void;
  /** Leaves the last block standing; the cursor is below it. */
  end(): void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Live in a terminal unless `plain`. */
export function screenOn(output: Output, plain = false): Screen {
  if (output.isTTY !== true || plain)
    return { isLive: false, draw: (lines) => output.write(`${lines.join('\n')}\n`), end: () => undefined };
  let drawn = 0;
  return {
    isLive: true,
    draw: (lines) => {
      const width = (output.columns ?? 80) - 1;
      const shown = lines.slice(0, (output.rows ?? 24) - 1).map((line) => cut(line, width));
      const back = drawn === 0 ? '' : `\x1b[${drawn}A`;
      output.write(`\x1b[?25l${back}\r${shown.map((line) => `\x1b[2K${line}\n`).join('')}\x1b[0J\x1b[?25h`);
      drawn = shown.length;
    },
    end: () => {
      drawn = 0;
    },
  };
}

/** The first `width` visible characters; colour sequences do not count. */
export function cut(line: string, width: number): string {
  let seen = 0;
  let out = '';
  // eslint-disable-next-line no-control-regex -- escape sequences are what is looked for
  for (const [part] of line.matchAll(/\x1b\[[0-9;]*m|[^]/gu)) {
    if (!part.startsWith('\x1b')) seen += 1;
    if (seen > width) return `${out}\x1b[0m`;
    out += part;
  }
  return out;
}
