import type { AnswerPayload } from '@lamplighter/contracts';

export abstract class AnswerReader {
  /** Undefined where the answer is no longer kept, or damaged. */
  abstract read(payload: AnswerPayload): Promise<Buffer | undefined>;
}

export abstract class AnswerPacker {
  /** A device's message in a form that fits into a message of the broker. Throws where a large one cannot be stored. */
  abstract pack(xml: Buffer): Promise<AnswerPayload>;
}
