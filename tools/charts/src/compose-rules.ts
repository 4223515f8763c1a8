import { parse } from 'yaml';

import { type Settings, unread, withoutKey } from './settings.ts';

interface Service {
  readonly image?: string;
  readonly working_dir?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/** Published by someone: these must be one version, for good. */
function imageProblems(name: string, image = ''): string[] {
  return /^\$\{LAMP_IMAGE\b/.test(image) || /:(?!latest)[^:]*\d/.test(image)
    ? []
    : [`${name}: its image is not fixed: ${image}`];
}

const completes = new Set(['migrate']);

function dependsProblems(name: string, service: Service, compose: Compose): string[] {
  return Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => {
    const target = compose.services[other];
    if (target === undefined) return [`${name}: depends on ${other}, which is not there`];
    const wanted = completes.has(other) ? 'service_completed_successfully' : 'service_healthy';
    return condition === wanted ? [] : [`${name}: waits for ${other} to be ${condition}, not ${wanted}`];
  });
}

function volumeProblems(name: string, service: Service, compose: Compose): string[] {
  const named = (service.volumes ?? [])
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((volume) => !/^[./]/.test(volume));
  return named.filter((volume) => !(volume in (compose.volumes ?? {}))).map((volume) => `${name}: no volume ${volume}`);
}

/** Where a service of ours listens, in its container. */
function portOf(name: string, env: Readonly<Record<string, string>>): string {
  return name === 'device-gateway' ? (env['LAMP_GATEWAY_PORT'] ?? '8443') : (env['LAMP_HTTP_PORT'] ?? '8080');
}

/** A service of ours: everything that it is given, it reads; and it is run as the image is laid out. */
function ownProblems(name: string, service: Service | undefined, settings: Settings): string[] {
  if (service === undefined) return [`${name}: is not there`];
  const { environment: env = {}, ports = [], stop_grace_period: grace = '10s' } = service;
  const drain = Number(env['LAMP_DRAIN_SECONDS'] ?? 20);
  const wanted: Record<string, boolean> = {
    [`LAMP_SERVICE is ${env['LAMP_SERVICE']}`]: env['LAMP_SERVICE'] === name,
    [`runs in ${service.working_dir}`]: service.working_dir === `/app/services/${name}`,
    'does not run ./dist/main.mjs': service.command?.at(-1) === './dist/main.mjs',
    'may write to its own file system': service.read_only === true,
    [`stop_grace_period is not above the drain of ${drain} s`]: Number.parseInt(grace, 10) > drain,
    [`publishes ${ports.join(', ')}, where it does not listen`]: ports.every((port) =>
      port.endsWith(`:${portOf(name, env)}`),
    ),
  };
  return [
    ...unread(settings, name, Object.keys(env)).map((setting) => `${name}: reads no setting ${setting}`),
    ...withoutKey(settings, name, Object.keys(env)),
    ...Object.entries(wanted).flatMap(([problem, holds]) => (holds ? [] : [`${name}: ${problem}`])),
  ];
}

/** Variables that are asked for and that .env.example does not explain. */
function variableProblems(text: string, example: string): string[] {
  const asked = new Set([...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = '']) => name));
  const explained = new Set([...example.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name = '']) => name));
  return [
    ...[...asked].filter((name) => !explained.has(name)).map((name) => `.env.example does not explain ${name}`),
    ...[...explained]
      .filter((name) => !asked.has(name))
      .map((name) => `.env.example explains ${name}, which is not used`),
  ];
}

/** What is wrong with deploy/compose.yaml, one line each; empty when it is sound. */
export function composeProblems(text: string, settings: Settings, example: string): string[] {
  const compose = parse(text, { merge: true }) as Compose;
  const all = Object.entries(compose.services);
  const migrate = compose.services['migrate'];
  return [
    ...all.flatMap(([name, service]) => [
      ...imageProblems(name, service.image),
      ...dependsProblems(name, service, compose),
      ...volumeProblems(name, service, compose),
      ...(service.healthcheck === undefined && !completes.has(name) ? [`${name}: has no health check`] : []),
    ]),
    ...Object.keys(settings.services).flatMap((name) => ownProblems(name, compose.services[name], settings)),
    ...unread(settings, 'migrations', Object.keys(migrate?.environment ?? {})).map(
      (name) => `migrate: reads no setting ${name}`,
    ),
    ...rolePasswordProblems(migrate, compose),
    ...variableProblems(text, example),
  ];
}

/** Each service's role is given the password that its URL has. */
function rolePasswordProblems(migrate: Service | undefined, compose: Compose): string[] {
  const given = JSON.parse(migrate?.environment?.['LAMP_ROLE_PASSWORDS'] ?? '{}') as Record<string, string>;
  return Object.entries(compose.services).flatMap(([name, { environment }]) => {
    const role = /^postgres:\/\/lamp_(\w+):/.exec(environment?.['LAMP_DATABASE_URL'] ?? '')?.[1];
    return role === undefined || role in given ? [] : [`${name}: migrate gives its role lamp_${role} no password`];
  });
}
