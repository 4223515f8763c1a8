import { CONFIG, Log, Shutdown } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import type { Config } from '../config.ts';
import type { ApnsAnswer } from '../domain/apns-answer.ts';
import { PushSender } from '../ports.ts';
import type { Patience, Push, StoredCertificate } from '../ports.ts';
import { ApnsPool } from './apns-pool.ts';

const IDLE_MS = 60_000;

interface PoolOfTopic {
  version: string;
  pool: ApnsPool;
}

/** Pushes over HTTP/2, one pool of connections for each topic. */
@Injectable()
export class Http2PushSender extends PushSender {
  private readonly pools = new Map<string, PoolOfTopic>();
  private readonly ca: string | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly log: Log,
    shutdown: Shutdown,
  ) {
    super();
    this.ca = config.LAMP_APNS_CA === undefined ? undefined : readFileSync(config.LAMP_APNS_CA, 'utf8');
    shutdown.last(async () => this.close());
  }

  override send(
    push: Push,
    certificate: StoredCertificate,
    patience: Patience,
    done: (answer: ApnsAnswer) => void,
  ): void {
    this.poolOf(certificate).send({ push, patience, done });
  }

  /** Ends all connections at once. */
  close(): void {
    for (const { pool } of this.pools.values()) pool.destroy();
    this.pools.clear();
  }

  private poolOf({ tenant, topic, version, certificate, key }: StoredCertificate): ApnsPool {
    const name = `${tenant}\0${topic}`;
    const held = this.pools.get(name);
    if (held?.version === version) return held.pool;
    const { LAMP_APNS_URL, LAMP_APNS_TIMEOUT_SECONDS, LAMP_APNS_CONNECTIONS } = this.config;
    const timeoutMs = LAMP_APNS_TIMEOUT_SECONDS * 1000;
    const pool = new ApnsPool({
      endpoint: { url: LAMP_APNS_URL, topic, ca: this.ca, certificate, key, timeoutMs, idleMs: IDLE_MS },
      connections: LAMP_APNS_CONNECTIONS,
      onTrouble: (error) => this.log.warn({ err: error, tenant, topic }, 'a connection to APNs failed; trying again'),
    });
    this.pools.set(name, { version, pool });
    held?.pool.retire();
    return pool;
  }
}
