/** What a device does: Idle → command → Acknowledged → empty; or tokens → items → each declaration → status. */
export type SessionKind = 'exchange' | 'sync';

/** What the load generator is told, in its first message. */
export interface LoadOrder {
  readonly session: SessionKind;
  readonly port: number;
  /** PEM: whom to trust, and who the devices are. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly connections: number;
  /** Sessions go on for this long, the first part of it unmeasured. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** How many devices are staged: the load ends early when each has had its session. */
  readonly devices: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What the load generator says. */
export type LoadNews =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'done'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly reason: string };
