import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { composeProblems } from './compose-rules.ts';
import { checkDeploy } from './deploy.ts';
import { type DockerfileTerms, dockerfileProblems } from './dockerfile-rules.ts';
import { root } from './paths.ts';
import { readSettings } from './settings.ts';

const settings = readSettings();
const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8');

function broken(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nothing to break: ${from}`);
  return text.replace(from, to);
}

describe('deploy/', () => {
  it('is sound', () => {
    expect(checkDeploy(settings)).toEqual([]);
  });

  it.each([
    [
      'a setting that nobody reads',
      'LAMP_SERVICE: ddm',
      'LAMP_SERVICE: ddm\n      LAMP_TYPO: x',
      'ddm: reads no setting LAMP_TYPO',
    ],
    [
      'a setting of another service',
      'LAMP_SERVICE: ddm',
      'LAMP_SERVICE: ddm\n      LAMP_APNS_URL: x',
      'ddm: reads no setting',
    ],
    ['a service that is not there', '  ddm:\n', '  dmm:\n', 'ddm: is not there'],
    ['another service’s name', 'LAMP_SERVICE: ddm', 'LAMP_SERVICE: dmm', 'LAMP_SERVICE is dmm'],
    ['another service’s folder', 'services/ddm', 'services/dmm', 'runs in /app/services/dmm'],
    ['a dependency that is not there', 'redis: { condition', 'reddis: { condition', 'depends on reddis'],
    ['a start that does not wait', 'service_completed_successfully', 'service_started', 'waits for migrate'],
    ['a port without a listener', ':8443"]', ':8444"]', 'where it does not listen'],
    ['the tag latest', 'redis:7.4-bookworm', 'redis:latest', 'its image is not fixed'],
    ['no tag', 'image: redis:7.4-bookworm', 'image: redis', 'its image is not fixed'],
    ['a volume that is not declared', '["nats:/data"]', '["other:/data"]', 'no volume other'],
    [
      'no health check',
      'healthcheck:\n      test: [CMD, pg_isready',
      'x-healthcheck:\n      test: [CMD, pg_isready',
      'postgres: has no health check',
    ],
    ['a stop that cuts the drain', 'stop_grace_period: 30s', 'stop_grace_period: 20s', 'not above the drain of 20 s'],
    ['a file system that may be written', 'read_only: true', 'read_only: false', 'may write'],
    ['a role without a password', '"ddm":', '"dmm":', 'gives its role lamp_ddm no password'],
    [
      'a service without the key of its secrets',
      'LAMP_SECRET_KEY: ${',
      'LAMP_SECRET_KEY_NOT: ${',
      'seals secrets, and has no LAMP_SECRET_KEY',
    ],
    ['an unexplained variable', 'LAMP_DEVICES_PORT', 'LAMP_PORT', 'does not explain LAMP_PORT'],
    ['a setting that migrations do not read', 'LAMP_ROLE_PASSWORDS:', 'LAMP_PASSWORDS:', 'migrate: reads no setting'],
  ])('compose.yaml: %s is found', (_, from, to, problem) => {
    const text = broken(read('compose.yaml'), from, to);
    expect(composeProblems(text, settings, read('.env.example')).join('\n')).toContain(problem);
  });

  const terms: DockerfileTerms = {
    services: Object.keys(settings.services),
    node: '24.21.0',
    exists: (path) => !path.includes('gone'),
  };

  it.each([
    ['another Node', 'FROM node:24.21.0-bookworm-slim\n', 'FROM node:latest\n', 'not from Node 24.21.0'],
    ['root', 'USER 1000:1000', 'USER root', 'not root'],
    ['no user', 'USER 1000:1000\n', '', 'not root'],
    ['a missing service', 'COPY --from=build /app/services/ddm/dist ./services/ddm/dist\n', '', 'lacks ddm'],
    [
      'missing migrations',
      'COPY --from=build /app/libs/storage/dist ./libs/storage/dist\n',
      '',
      'lacks the migration program',
    ],
    ['sources in the image', 'EXPOSE', 'COPY . .\nEXPOSE', 'ships sources'],
    ['a path that is gone', 'prisma/migrations ./', 'prisma/gone ./', 'which is not there'],
    ['a misspelt instruction', 'EXPOSE', 'EXPOES', 'EXPOES is no instruction'],
  ])('Dockerfile: %s is found', (_, from, to, problem) => {
    expect(dockerfileProblems(broken(read('Dockerfile'), from, to), terms).join('\n')).toContain(problem);
  });
});
