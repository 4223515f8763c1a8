import { Global, Module } from '@nestjs/common';
import { clockOf } from './clock.ts';
import { type BaseConfig, CONFIG } from './config.ts';
import { secretKeys } from './secret-keys.ts';
import { HealthChecks, HealthController } from './health.ts';
import { Log } from './log.ts';
import { currentBoot } from './boot-context.ts';
import { Clock, Sealer } from './ports.ts';
import { AesSealer, MissingSealer } from './sealer.ts';
import { Shutdown } from './shutdown.ts';
import { Tracer } from './tracer.ts';

function sealerOf(config: BaseConfig): Sealer {
  return config.LAMP_SECRET_KEY === undefined
    ? new MissingSealer()
    : new AesSealer(...secretKeys(config.LAMP_SECRET_KEY));
}

/** What every service has: settings, clock, log, sealer, tracer, health. `boot` sets the stage for it. */
@Global()
@Module({
  controllers: [HealthController],
  providers: [
    HealthChecks,
    Shutdown,
    Tracer,
    { provide: CONFIG, useFactory: () => currentBoot().config },
    { provide: Log, useFactory: () => currentBoot().log },
    { provide: Clock, useFactory: (config: BaseConfig) => clockOf(config.LAMP_CLOCK), inject: [CONFIG] },
    { provide: Sealer, useFactory: sealerOf, inject: [CONFIG] },
  ],
  exports: [CONFIG, Log, Clock, Sealer, Tracer, HealthChecks, Shutdown],
})
export class RuntimeModule {}
