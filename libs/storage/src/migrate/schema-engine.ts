import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

type Exports = Record<string, unknown>;
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Exports } }>;
};

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg') & {
  __wbg_set_wasm(exports: Exports): void;
};

export interface OpenEngine {
  engine: SchemaEngine;
  /** Ends its connections too. */
  close(): Promise<void>;
}

/** The engine's timer for its lock outlives it by ten seconds: it must not hold the process. */
function withoutHoldingTimers(glue: EngineModule): Exports {
  const wrap =
    (start: (...args: unknown[]) => NodeJS.Timeout) =>
    (...args: unknown[]) =>
      start(...args).unref();
  return Object.fromEntries(
    Object.entries(glue).map(([name, value]) =>
      name.startsWith('__wbg_setTimeout_')
        ? [name, wrap(value as (...args: unknown[]) => NodeJS.Timeout)]
        : [name, value],
    ),
  );
}

/** The engine's package expects a bundler's import of WebAssembly; this is that import by hand. */
async function loadEngine(): Promise<EngineModule> {
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as EngineModule;
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = await readFile(path.replace(/\.js$/, '.wasm'));
  const imports = { './schema_engine_bg.js': withoutHoldingTimers(glue) };
  const { instance } = await WebAssembly.instantiate(wasm, imports);
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue;
}

/**
 * Prisma's adapter cuts a script at every semicolon, inside function bodies and comments too, and runs the pieces one by one.
 * Sent whole, PostgreSQL reads it right and applies it as one transaction.
 */
function wholeScripts(pool: pg.Pool): PrismaPg {
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => {
      await pool.query(script);
    };
    return adapter;
  };
  return factory;
}

/** Prisma's own migration engine as WebAssembly: no binary to download. */
export async function openSchemaEngine(databaseUrl: string): Promise<OpenEngine> {
  const pool = new pg.Pool({ connectionString: databaseUrl, allowExitOnIdle: true });
  const module = await loadEngine();
  const factory = bindMigrationAwareSqlAdapterFactory(wholeScripts(pool));
  const engine = (await module.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    factory,
  )) as unknown as SchemaEngine;
  return {
    engine,
    async close() {
      engine.free();
      await pool.end();
    },
  };
}
