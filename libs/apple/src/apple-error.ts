/**
 * Anything that came from outside and is not what Apple's formats promise.
 * Repeating the same bytes cannot help, so whoever settles a message drops it.
 * Messages say what is wrong and where; they never repeat what the sender wrote.
 */
export abstract class AppleError extends Error {
  abstract readonly code: string;
  readonly outcome = 'drop';

  override get name(): string {
    return this.constructor.name;
  }
}
