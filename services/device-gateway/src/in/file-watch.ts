import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Tells when files have changed, by content: a Kubernetes volume swaps a symbolic link, which file events miss.
 * A change counts once it has stood still from one look to the next, so files that are written one after the other
 * are not read in between.
 */
export class FileWatch {
  private taken: string;
  private seen: string;

  constructor(private readonly paths: readonly string[]) {
    this.taken = this.seen = this.digest();
  }

  /** True once for each change. A file that is gone, or cannot be read, has changed too. */
  look(): boolean {
    const now = this.digest();
    const settled = now === this.seen;
    this.seen = now;
    if (!settled || now === this.taken) return false;
    this.taken = now;
    return true;
  }

  private digest(): string {
    const hash = createHash('sha256');
    for (const path of this.paths) hash.update(createHash('sha256').update(contentOf(path)).digest());
    return hash.digest('hex');
  }
}

function contentOf(path: string): Buffer | string {
  try {
    return readFileSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}
