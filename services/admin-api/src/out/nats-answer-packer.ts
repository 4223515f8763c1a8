import type { AnswerPayload } from '@lamplighter/contracts';
import { Answers } from '@lamplighter/messaging';
import { Injectable } from '@nestjs/common';
import { AnswerPacker } from '../ports/answers.ts';

@Injectable()
export class NatsAnswerPacker extends AnswerPacker {
  constructor(private readonly answers: Answers) {
    super();
  }

  override pack(xml: Buffer): Promise<AnswerPayload> {
    return this.answers.pack(xml);
  }
}
