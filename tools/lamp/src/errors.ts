/** Exit codes of every `lamp` command. */
export const exitCode = { ok: 0, failed: 1, usage: 2, notRunning: 3 } as const;

/** Something the operator can act on: `message` says what was wrong and where, `remedy` what to do. */
export class LampError extends Error {
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(message: string, remedy?: string, code: number = exitCode.failed) {
    super(message);
    this.name = 'LampError';
    this.remedy = remedy;
    this.exitCode = code;
  }
}
