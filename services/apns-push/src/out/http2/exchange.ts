/** A request under way and what has come of it so far. Whoever asks extends it with what it is about: one object for each. */
export class Exchange {
  /** Of its stream; 0 before it was sent. */
  id = 0;
  /** Of the response; 0 while there is none. */
  status = 0;
  /** The response's header of this name. */
  retryAfter: string | undefined;
  /** As far as it was kept, in latin1. */
  body = '';
  /** What the peer's windows do not let through yet. */
  unsent: Buffer | undefined;
  /** Bytes that the peer takes of this request's body; kept while something is unsent. */
  window = 0;
}
