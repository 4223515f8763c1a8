import {
  type AnswerPayload,
  AppError,
  type CheckIn,
  commandExchange,
  enrollmentCheckIn,
  type Exchange,
  type ExchangeReply,
  type ItemOf,
  type Message,
  sourceCertificateHash,
  type webhookReceive,
} from '@lamplighter/contracts';
import { Clock, Log, Requester } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { rawPayloadOf, type RelayedMessage, readRelayed } from '../domain/relayed-message.ts';
import { AnswerPacker, AnswerReader } from '../ports/answers.ts';
import { SourceStore, SourceTally } from '../ports/sources.ts';

type Item = ItemOf<typeof webhookReceive>;
type Speaker = Extract<RelayedMessage, { kind: 'check-in' }>['who'];
type Asked = Pick<CheckIn, 'tenant' | 'certificateHash' | 'receivedAt'> & { source: string };
type Outcome = 'taken' | 'foreign' | 'refused';

const EARLIEST = new Date('2000-01-01T00:00:00Z');

/**
 * What another MDM server's devices said becomes what devices say here: check-ins and answers, under the name of their source.
 * A device that is not known is adopted. Repeats, and what something newer has overtaken, change nothing.
 */
@Injectable()
export class ReceiveEvents {
  constructor(
    private readonly sources: SourceStore,
    private readonly answers: AnswerReader,
    private readonly packer: AnswerPacker,
    private readonly requester: Requester,
    private readonly tally: SourceTally,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Throws the first error once all have been tried. */
  async run(batch: readonly Message<Item>[]): Promise<void> {
    const each = batch.map(({ tenant, items }) => this.inOrder(tenant, items));
    const failed = (await Promise.allSettled(each)).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async inOrder(tenant: string, items: readonly Item[]): Promise<void> {
    for (const item of items) await this.receive(tenant, item);
  }

  private async receive(tenant: string, { source, event, payload }: Item): Promise<void> {
    const key = { tenant, name: source };
    const door = await this.sources.door(key);
    if (door?.enabled !== true) {
      throw new AppError('source.not-enabled', `there is no source ${source} in ${tenant}, or it is not enabled`);
    }
    const raw = payload === undefined ? rawPayloadOf(event) : await this.answers.read(payload);
    if (raw === undefined) throw new AppError('answer.gone', "the device's message is no longer kept");
    const said = readRelayed(event, raw);
    if (said.kind === 'nothing') return;
    const asked: Asked = {
      tenant,
      source,
      certificateHash: sourceCertificateHash(tenant, source),
      receivedAt: this.saidAt(event.created_at).toISOString(),
    };
    const outcome =
      said.kind === 'connect' ? await this.connect(asked, said, payload ?? raw) : await this.checkIn(asked, said);
    this.tally.note(key, outcome, this.clock.now());
    if (outcome !== 'refused') return;
    const keys = { tenant, source, deviceId: said.who.deviceId, topic: event.topic };
    this.log.info(
      keys,
      'what another server relays of a device was passed over: the device is not its, or it is old news',
    );
  }

  /** Never in the future: what the device says later would be old news until then. Nor at Go's zero time, where nobody said when. */
  private saidAt(createdAt: string): Date {
    const [at, now] = [new Date(createdAt), this.clock.now()];
    return at > now || at < EARLIEST ? now : at;
  }

  private async connect(
    asked: Asked,
    { who, answer }: Extract<RelayedMessage, { kind: 'connect' }>,
    message: AnswerPayload | Buffer,
  ): Promise<Outcome> {
    const exchange: Exchange = { ...asked, deviceId: who.deviceId };
    if (answer !== undefined) {
      const payload = Buffer.isBuffer(message) ? await this.packer.pack(message) : message;
      exchange.answer = { ...answer, payload };
    }
    let reply = await this.exchange(exchange);
    if (reply.outcome === 'unrecognized' && (await this.adopt(asked, who))) reply = await this.exchange(exchange);
    if (reply.outcome === 'empty') return answer === undefined || reply.answered === true ? 'taken' : 'foreign';
    return 'refused';
  }

  private async exchange(exchange: Exchange): Promise<ExchangeReply> {
    const [reply] = await this.requester.request(commandExchange, [exchange]);
    if (reply !== undefined && reply.outcome !== 'unavailable') return reply;
    throw new AppError('request.unavailable', 'the command queue could not store an answer', { outcome: 'retry' });
  }

  private async checkIn(
    asked: Asked,
    { who, message, payload }: Extract<RelayedMessage, { kind: 'check-in' }>,
  ): Promise<Outcome> {
    const said = { ...asked, ...who, message, payload };
    const { outcome } = await this.requester.request(enrollmentCheckIn, said);
    if (outcome !== 'unrecognized') return outcome === 'ok' ? 'taken' : 'refused';
    // Nothing begins with these, or they begin it themselves.
    const isOfKnown = message.type === 'CheckOut' || message.type === 'Authenticate';
    if (isOfKnown || !(await this.adopt(asked, who))) return 'refused';
    const again = await this.requester.request(enrollmentCheckIn, said);
    return again.outcome === 'ok' ? 'taken' : 'refused';
  }

  /** Its server enrolled it long ago, or the event that said so was lost. A user channel comes after its device. */
  private async adopt(asked: Asked, who: Speaker): Promise<boolean> {
    const chain: Speaker[] = who.parentId === undefined ? [who] : [deviceOf(who), who];
    let isKnown = false;
    for (const each of chain) {
      // No more is known of it than its id: no push address, and none is needed, since its own server pushes it.
      const message = { type: 'TokenUpdate' as const, topic: '' };
      const { outcome } = await this.requester.request(enrollmentCheckIn, { ...asked, ...each, message });
      if (outcome === 'wrong-certificate') return false;
      isKnown = outcome === 'ok';
    }
    return isKnown;
  }
}

function deviceOf({ parentId, kind }: Speaker): Speaker {
  return { deviceId: parentId ?? '', kind: kind === 'user-enrollment' ? kind : 'device' };
}
