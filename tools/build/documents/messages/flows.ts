import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../paths.ts';
import { allMessages, allRequests } from './source.ts';

/** What one service says to others, as its source shows. */
export interface Flow {
  readonly service: string;
  /** Names of messages and requests. */
  readonly produces: readonly string[];
  readonly consumes: readonly string[];
  readonly asks: readonly string[];
  readonly answers: readonly string[];
  /** Consumers that come and go while it runs. */
  readonly variableConsumers: boolean;
  readonly writesLargeAnswers: boolean;
  readonly readsLargeAnswers: boolean;
  readonly keepsDeadLetters: boolean;
}

interface Source {
  path: string;
  /** Without imports, comments and types: what remains is use. */
  text: string;
}

function sourcesOf(service: string): Source[] {
  return globSync(`services/${service}/src/**/*.ts`, { cwd: root })
    .filter((path) => !path.endsWith('.spec.ts'))
    .map((path) => ({
      path,
      text: readFileSync(join(root, path), 'utf8')
        .replaceAll(/^import [^;]*;$/gm, '')
        .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .replaceAll(/typeof \w+/g, ''),
    }));
}

/** A message is consumed where `in` names it, and produced where `steps` do. */
function flowOf(service: string): Flow {
  const sources = sourcesOf(service);
  const some = (pattern: RegExp, within = '') =>
    sources.some(({ path, text }) => path.includes(within) && pattern.test(text));
  const messages = (test: (constant: string) => boolean) =>
    allMessages.filter(({ constant }) => test(constant)).map(({ definition }) => definition.name);
  const requests = (test: (constant: string) => boolean) =>
    allRequests.filter(({ constant }) => test(constant)).map(({ definition }) => definition.name);
  const answered = (constant: string) => some(new RegExp(String.raw`OnRequest\(\s*${constant}\b`));
  return {
    service,
    produces: messages((constant) => some(new RegExp(String.raw`\b${constant}\b`), '/src/steps/')),
    consumes: messages((constant) => some(new RegExp(String.raw`\b${constant}\b`), '/src/in/')),
    asks: requests((constant) => !answered(constant) && some(new RegExp(String.raw`\b${constant}\b`))),
    answers: requests(answered),
    variableConsumers: some(/\bConsumers\b/),
    writesLargeAnswers: some(/\bAnswers\b/) && some(/\.(pack|putLarge)\(/),
    readsLargeAnswers: some(/\bAnswers\b/) && some(/\banswers\.(find|unpack|getLarge)\(/i),
    keepsDeadLetters: some(/\bDeadLetterBox\b/),
  };
}

export const services = [
  'device-gateway',
  'command-queue',
  'apns-push',
  'update-scheduler',
  'status-ingestion',
  'ddm',
  'admin-api',
] as const;

export const flows: readonly Flow[] = services.map(flowOf);

export function producersOf(name: string): string[] {
  return flows.filter((flow) => flow.produces.includes(name)).map((flow) => flow.service);
}

export function consumersOf(name: string): string[] {
  return flows.filter((flow) => flow.consumes.includes(name)).map((flow) => flow.service);
}
