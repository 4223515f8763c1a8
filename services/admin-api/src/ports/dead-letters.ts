import type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterPage,
  RedrivenMany,
} from '@lamplighter/contracts';

/** What services could not handle, within one tenant. */
export abstract class DeadLetters {
  /** Newest first; `cursor` is a page's `next`, or empty. */
  abstract page(tenant: string, query: DeadLetterFilter & { cursor: string; limit: number }): Promise<DeadLetterPage>;
  abstract find(tenant: string, sequence: number): Promise<DeadLetterDetail | undefined>;
  /** Gives the message back to the service that failed, and removes the letter. Undefined where there is none. */
  abstract redrive(tenant: string, sequence: number): Promise<DeadLetter | undefined>;
  /** The oldest that match, up to 500. */
  abstract redriveMany(tenant: string, query: DeadLetterFilter & { upTo?: number | undefined }): Promise<RedrivenMany>;
  /** False where there was none. */
  abstract discard(tenant: string, sequence: number): Promise<boolean>;
}
