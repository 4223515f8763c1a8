import { encodeMessage, type ItemOf, type Message, type MessageDefinition, subjectFor } from '@lamplighter/contracts';
import type { OutboxRow, Publisher } from '@lamplighter/runtime';
import type { PublishWindow } from './publish-window.ts';

/** Puts messages on their streams. */
export class JetStreamPublisher implements Publisher {
  private readonly window: PublishWindow;
  private readonly prefix: string;

  constructor(window: PublishWindow, prefix: string) {
    this.window = window;
    this.prefix = prefix;
  }

  publish<D extends MessageDefinition>(definition: D, message: Message<ItemOf<D>>, key: string): Promise<void> {
    return this.window.send({
      subject: subjectFor(this.prefix, definition, message.tenant, key),
      messageId: message.id,
      payload: encodeMessage(message),
    });
  }

  /** Rows as an outbox keeps them, sent in order; resolves when all are stored. */
  publishAll(rows: readonly OutboxRow[]): Promise<void> {
    return this.window.sendAll(rows);
  }
}
