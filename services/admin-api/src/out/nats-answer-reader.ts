import type { AnswerPayload } from '@lamplighter/contracts';
import { Answers } from '@lamplighter/messaging';
import { Injectable } from '@nestjs/common';
import { AnswerReader } from '../ports/answers.ts';

@Injectable()
export class NatsAnswerReader extends AnswerReader {
  constructor(private readonly answers: Answers) {
    super();
  }

  override read(payload: AnswerPayload): Promise<Buffer | undefined> {
    return this.answers.find(payload);
  }
}
