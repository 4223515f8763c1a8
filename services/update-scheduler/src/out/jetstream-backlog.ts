import { commandEnqueue } from '@lamplighter/contracts';
import { Broker, waitingMessages } from '@lamplighter/messaging';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { Backlog } from '../ports/pacer.ts';

/** What lies in the stream of commands, and what is staged here, is still to be queued. */
@Injectable()
export class JetStreamBacklog extends Backlog {
  constructor(
    private readonly broker: Broker,
    private readonly db: Database,
  ) {
    super();
  }

  override async waiting(): Promise<number> {
    const [staged] = await this.db.query<{ count: number }>(STAGED);
    return (await waitingMessages(this.broker, commandEnqueue)) + staged!.count;
  }
}

// Never the whole of an outbox that an unreachable broker has let grow.
const STAGED = {
  name: 'staged-messages',
  text: `SELECT count(*) AS count FROM (SELECT FROM update_scheduler.outbox LIMIT 10000) o`,
};
