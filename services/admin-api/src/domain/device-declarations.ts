/** What a device, or a user channel, has by declarative management. */
export interface DeviceDeclarations {
  deviceId: string;
  /** The other MDM server that it is enrolled with; null: with us, or with nobody that we know of. */
  source: string | null;
  /** By what it is known what it takes: `told` by itself, `presumed` of every device of its OS, or `unknown`. */
  capabilities: 'told' | 'presumed' | 'unknown';
  /** Identifiers of what it is to have. */
  identifiers: string[];
  /** Identifiers of what is assigned and it does not take, or is not known to take. */
  leftOut: string[];
  /** Whether it has fetched the newest list; null: it is to have nothing, or has fetched none since it enrolled. */
  isInSync: boolean | null;
  toldAt: Date | null;
  syncedAt: Date | null;
  reportedAt: Date | null;
  assignments: { cause: string; set: string | null; since: string }[];
}

export interface ShownDeclarations extends DeviceDeclarations {
  /** Where it asks for its declarations: `elsewhere` is another server's device that has never asked here; `unknown` has never asked. */
  servedBy: 'lamplighter' | 'elsewhere' | 'unknown';
}

export function shownDeclarations(of: DeviceDeclarations): ShownDeclarations {
  if (of.syncedAt !== null) return { ...of, servedBy: 'lamplighter' };
  return { ...of, servedBy: of.source === null ? 'unknown' : 'elsewhere' };
}
