import { closeSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const defaultCapBytes = 16 * 1024 * 1024;

/** An append-only log that keeps at most two files of `capBytes`: `<path>` and the older `<path>.1`. */
export class LogFile {
  readonly path: string;
  private readonly capBytes: number;
  private fd: number;
  private size: number;

  constructor(path: string, capBytes = defaultCapBytes) {
    this.path = path;
    this.capBytes = capBytes;
    this.fd = openSync(path, 'a', 0o600);
    this.size = fstatSync(this.fd).size;
  }

  /** Nothing once it is closed: what a child wrote last may arrive after its exit. */
  write(chunk: Uint8Array | string): void {
    if (this.fd < 0) return;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (this.size > 0 && this.size + bytes.length > this.capBytes) this.rotate();
    writeSync(this.fd, bytes);
    this.size += bytes.length;
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }

  private rotate(): void {
    closeSync(this.fd);
    renameSync(this.path, `${this.path}.1`);
    this.fd = openSync(this.path, 'a', 0o600);
    this.size = 0;
  }
}

/** The last lines of a log; empty when there is none. */
export function tailOf(path: string, lines: number): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines);
  } catch {
    return [];
  }
}
