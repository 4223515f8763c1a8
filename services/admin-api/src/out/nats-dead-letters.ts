import type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterPage,
  RedrivenMany,
} from '@lamplighter/contracts';
import { type DeadLetter as StoredLetter, DeadLetterBox } from '@lamplighter/messaging';
import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../ports/dead-letters.ts';
import { iso } from './rows.ts';

const AT_ONCE = 500;
const IN_FLIGHT = 32;

@Injectable()
export class NatsDeadLetters extends DeadLetters {
  constructor(private readonly box: DeadLetterBox) {
    super();
  }

  override async page(
    tenant: string,
    { cursor, limit, ...filter }: DeadLetterFilter & { cursor: string; limit: number },
  ): Promise<DeadLetterPage> {
    const [letters, total] = await Promise.all([
      this.box.newest({ tenant, ...filter }, limit, cursor === '' ? undefined : Number(cursor)),
      this.box.count({ tenant, ...filter }),
    ]);
    return {
      items: letters.map(letterOf),
      next: letters.length < limit ? null : String(letters.at(-1)!.sequence),
      total,
    };
  }

  override async find(tenant: string, sequence: number): Promise<DeadLetterDetail | undefined> {
    const letter = await this.box.find(tenant, sequence);
    return letter && { ...letterOf(letter), payload: payloadOf(letter.payload.toString('utf8')) };
  }

  override async redrive(tenant: string, sequence: number): Promise<DeadLetter | undefined> {
    const letter = await this.box.redrive(tenant, sequence);
    return letter && letterOf(letter);
  }

  override async redriveMany(
    tenant: string,
    { upTo, ...filter }: DeadLetterFilter & { upTo?: number | undefined },
  ): Promise<RedrivenMany> {
    const last = upTo ?? (await this.box.last());
    const letters = await this.box.oldest({ tenant, ...filter }, AT_ONCE + 1, last);
    const now = letters.slice(0, AT_ONCE);
    let redriven = 0;
    for (let from = 0; from < now.length; from += IN_FLIGHT) {
      const done = await Promise.all(
        now.slice(from, from + IN_FLIGHT).map((one) => this.box.redrive(tenant, one.sequence)),
      );
      redriven += done.filter((one) => one !== undefined).length;
    }
    return { redriven, upTo: last, more: letters.length > AT_ONCE };
  }

  override discard(tenant: string, sequence: number): Promise<boolean> {
    return this.box.discard(tenant, sequence);
  }
}

function letterOf(letter: StoredLetter): DeadLetter {
  const { sequence, at, service, message, code, reason, subject, messageId, deliveries, redrives, bytes } = letter;
  return { sequence, at: iso(at), service, message, code, reason, subject, messageId, deliveries, redrives, bytes };
}

function payloadOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
