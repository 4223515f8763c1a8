import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { composeProblems } from './compose-rules.ts';
import { dockerfileProblems } from './dockerfile-rules.ts';
import { root } from './paths.ts';
import type { Settings } from './settings.ts';

/** What is wrong in deploy/: no engine runs it here, so structure is what can be checked. Empty when it is sound. */
export function checkDeploy(settings: Settings): string[] {
  const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8');
  const dockerfile = dockerfileProblems(read('Dockerfile'), {
    services: Object.keys(settings.services),
    node: readFileSync(join(root, '.nvmrc'), 'utf8').trim(),
    exists: (path) => existsSync(join(root, path)),
  });
  const compose = composeProblems(read('compose.yaml'), settings, read('.env.example'));
  return [
    ...dockerfile.map((problem) => `deploy/Dockerfile: ${problem}`),
    ...compose.map((problem) => `deploy/compose.yaml: ${problem}`),
  ];
}
