import type { Program } from '../processes/program.ts';

export const serverNames = ['nats', 'redis', 'database'] as const;
export type ServerName = (typeof serverNames)[number];

/** `durable`: survives a power cut. `fast`: for tests, whose data is thrown away. */
export type Durability = 'durable' | 'fast';

/** What each server is prepared from. */
export interface ServerSetting {
  readonly dir: string;
  readonly port: number;
  readonly password: string;
  readonly durability: Durability;
}

/** A private server, ready to be started, and the URL (with its password) that reaches it. */
export interface Server {
  readonly program: Program;
  readonly url: string;
}
