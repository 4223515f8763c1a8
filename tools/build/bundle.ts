import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';

import { isUpToDate, recordInputs } from './inputs.ts';
import { type Bundle, root } from './paths.ts';

/**
 * Bundles one entry with the workspace's own packages inside and every package of npm outside, where instrumentation
 * can hook it. True when it was out of date. Written whole and renamed: a running reader never sees half a file.
 */
export async function bundle({ entry, output }: Bundle): Promise<boolean> {
  const target = join(root, output);
  if (isUpToDate(target)) return false;
  const build = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    // Decorators and their metadata follow its settings.
    tsconfig: join(root, 'tsconfig.json'),
    external: isExternal,
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  try {
    const options = { format: 'esm', sourcemap: true, codeSplitting: false, keepNames: true } as const;
    const { output: files } = await build.generate({ ...options, file: target });
    const [chunk] = files;
    mkdirSync(dirname(target), { recursive: true });
    for (const file of files) {
      const path = join(dirname(target), file.fileName);
      writeFileSync(`${path}.${process.pid}`, file.type === 'chunk' ? file.code : file.source);
      renameSync(`${path}.${process.pid}`, path);
    }
    recordInputs(target, chunk.moduleIds.filter(isAbsolute));
  } finally {
    await build.close();
  }
  return true;
}

/** `@oxc-project/runtime` holds the few lines that decorators compile to: not worth a package at run time. */
function isExternal(id: string): boolean {
  const isOwn =
    id.startsWith('.') || isAbsolute(id) || id.startsWith('@lamplighter/') || id.startsWith('@oxc-project/runtime');
  return !isOwn;
}
