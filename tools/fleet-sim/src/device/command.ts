export interface Command {
  readonly uuid: string;
  readonly requestType: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** When the device asked for work and got this command. */
  readonly askedAt: number;
}

/** An answer's keys without CommandUUID and UDID; always with Status. */
export type Answer = Readonly<Record<string, unknown>>;
