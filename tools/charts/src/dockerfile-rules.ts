/** What a Dockerfile is judged against. */
export interface DockerfileTerms {
  readonly services: readonly string[];
  /** The Node version of .nvmrc. */
  readonly node: string;
  /** Whether a path of the repository exists. */
  readonly exists: (path: string) => boolean;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function instructionsOf(text: string): Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n');
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), rest };
    });
}

const known = new Set(['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'STOPSIGNAL', 'CMD', 'ARG', 'LABEL']);

/** Built by the image itself, so not in the repository. */
const made = /^(node_modules|(libs|services)\/[^/]+\/dist)$/;

function copyProblems({ rest }: Instruction, exists: (path: string) => boolean): string[] {
  const [source = ''] = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
  const path = source.replace(/^\/app\//, '');
  if (!rest.includes('--from=') || made.test(path) || exists(path)) return [];
  return [`copies ${source}, which is not there`];
}

/** What is wrong with deploy/Dockerfile, one line each; empty when it is sound. */
export function dockerfileProblems(text: string, { services, node, exists }: DockerfileTerms): string[] {
  const all = instructionsOf(text);
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const copies = last.filter(({ name }) => name === 'COPY');
  const user = last.findLast(({ name }) => name === 'USER')?.rest;
  const problems = [
    ...all.filter(({ name }) => !known.has(name)).map(({ name }) => `${name} is no instruction that is used here`),
    ...all
      .filter(({ name, rest }) => name === 'FROM' && !rest.startsWith(`node:${node}-`))
      .map(({ rest }) => `is built from ${rest}, not from Node ${node} (.nvmrc)`),
    ...copies.flatMap((copy) => copyProblems(copy, exists)),
    ...copies.filter(({ rest }) => !rest.includes('--from=')).map(({ rest }) => `ships sources: COPY ${rest}`),
    ...services
      .filter((service) => !copies.some(({ rest }) => rest.includes(`/services/${service}/dist `)))
      .map((service) => `lacks ${service}`),
  ];
  if (!copies.some(({ rest }) => rest.includes('/libs/storage/dist '))) problems.push('lacks the migration program');
  if (user === undefined || !/^[1-9]\d*(:[1-9]\d*)?$/.test(user))
    problems.push('does not run as a user by number, not root');
  return problems;
}
