import { AppError } from '@lamplighter/contracts';
import type { AnswerPayload } from '@lamplighter/contracts';
import { Answers } from '@lamplighter/messaging';
import { Injectable } from '@nestjs/common';
import { AnswerReader } from '../ports.ts';

const LOST = new Set(['answer.gone', 'answer.damaged']);

@Injectable()
export class NatsAnswerReader extends AnswerReader {
  constructor(private readonly answers: Answers) {
    super();
  }

  override async read(payload: AnswerPayload): Promise<string | Buffer | undefined> {
    if ('xml' in payload) return payload.xml;
    try {
      return await this.answers.unpack(payload);
    } catch (error) {
      if (error instanceof AppError && LOST.has(error.code)) return undefined;
      throw error;
    }
  }
}
