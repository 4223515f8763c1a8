import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

const pollMs = 200;

/** Calls back with each whole line that is appended from now on, also after the file is rotated. Returns what ends it. */
export function follow(path: string, onLine: (line: string) => void): () => void {
  let fd = openSync(path, 'r');
  let position = fstatSync(fd).size;
  let rest = '';
  const buffer = Buffer.alloc(64 * 1024);
  const drain = (): void => {
    for (;;) {
      const count = readSync(fd, buffer, 0, buffer.length, position);
      if (count === 0) return;
      position += count;
      const lines = (rest + buffer.toString('utf8', 0, count)).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    }
  };
  const timer = setInterval(() => {
    drain();
    const now = statSync(path, { throwIfNoEntry: false });
    if (now === undefined || now.ino === fstatSync(fd).ino) return;
    closeSync(fd);
    fd = openSync(path, 'r');
    position = 0;
  }, pollMs);
  return () => {
    clearInterval(timer);
    closeSync(fd);
  };
}
