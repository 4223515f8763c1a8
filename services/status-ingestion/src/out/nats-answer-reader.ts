import type { AnswerPayload } from '@lamplighter/contracts';
import { Answers } from '@lamplighter/messaging';
import { Injectable } from '@nestjs/common';
import { AnswerReader } from '../ports/reports.ts';

@Injectable()
export class NatsAnswerReader extends AnswerReader {
  constructor(private readonly answers: Answers) {
    super();
  }

  override async read(payload: AnswerPayload): Promise<string | Buffer | undefined> {
    return 'xml' in payload ? payload.xml : this.answers.find(payload);
  }
}
