import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import { withBoot } from './boot-context.ts';
import { type BaseConfig, CONFIG, ConfigError, parseConfig } from './config.ts';
import { ErrorFilter } from './error-filter.ts';
import { HealthChecks } from './health.ts';
import { createLog, Log, nestLogger } from './log.ts';
import { Shutdown } from './shutdown.ts';

/** Provide it to have the service serve messages: Nest's strategy for them. */
export const MICROSERVICE_STRATEGY = Symbol('microservice-strategy');

type ConfigSchema = z.ZodObject;
type Env = Record<string, string | undefined>;

/** A service in this process: built, connected and listening. */
export interface RunningService {
  app: NestFastifyApplication;
  /** Where health and the service API answer. */
  url: string;
  /** Readiness fails, messages stop being pulled, work in hand is finished, connections close. */
  stop(): Promise<void>;
}

/** Builds and starts a service. Throws ConfigError when its settings are not usable. */
export async function startService(
  service: string,
  module: Type<unknown>,
  schema: ConfigSchema,
  env: Env = process.env,
): Promise<RunningService> {
  const config = parseConfig(service, schema, env) as BaseConfig;
  const log = createLog(service, config.LAMP_LOG_LEVEL);
  const adapter = new FastifyAdapter({
    bodyLimit: 16 * 1024 * 1024,
    // A path may name thousands of devices.
    http: { maxHeaderSize: 512 * 1024 },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 * 1024 },
  });
  const app = await withBoot({ service, config, log }, () =>
    NestFactory.create<NestFastifyApplication>(module, adapter, { logger: nestLogger(log), abortOnError: false }),
  );
  app.useGlobalFilters(new ErrorFilter(log));
  const strategy = optional<CustomStrategy['strategy']>(app, MICROSERVICE_STRATEGY);
  if (strategy) app.connectMicroservice({ strategy }, { inheritAppConfig: false });
  await app.startAllMicroservices();
  await app.listen(config.LAMP_HTTP_PORT, config.LAMP_HTTP_HOST);
  log.info({ port: new URL(await app.getUrl()).port }, 'ready to serve');
  const checks = app.get(HealthChecks, { strict: false });
  const stop = async () => {
    checks.startDraining();
    await app.close();
    await app.get(Shutdown, { strict: false }).run();
    log.info({}, 'stopped');
  };
  return { app, url: await app.getUrl(), stop };
}

function optional<T>(app: NestFastifyApplication, token: symbol): T | undefined {
  try {
    return app.get<T>(token, { strict: false });
  } catch {
    return undefined;
  }
}

/** A service's whole `main`: starts it, and ends the process on SIGTERM or SIGINT once its work in hand is done. */
export async function boot(service: string, module: Type<unknown>, schema: ConfigSchema): Promise<void> {
  let running: RunningService;
  try {
    running = await startService(service, module, schema);
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else createLog(service, 'info').fatal({ err: error }, 'could not start');
    process.exit(error instanceof ConfigError ? 78 : 1);
  }
  const log = running.app.get(Log);
  const config = running.app.get<BaseConfig>(CONFIG);
  let stopping = false;
  const end = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'finishing the work in hand');
    setTimeout(() => process.exit(1), config.LAMP_DRAIN_SECONDS * 1000).unref();
    await running.stop().catch((error: unknown) => log.error({ err: error }, 'a part did not stop cleanly'));
    await (globalThis as { lampTelemetry?: { shutdown(): Promise<void> } }).lampTelemetry?.shutdown().catch(() => {});
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal));
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'an unhandled rejection: this is a bug'));
}
