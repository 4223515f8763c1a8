import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config } from '../config.ts';
import { TokenStore } from '../ports/tokens.ts';

/** Lets in the holder of the token that the installation was started with. */
@Injectable()
export class FirstToken implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly tokens: TokenStore,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const hash = this.config.LAMP_ADMIN_TOKEN_SHA256;
    if (hash === undefined) return;
    await this.tokens.ensure(hash, { tenant: 'default', name: 'first-token', installation: true }, this.clock.now());
  }
}
