import { createHash } from 'node:crypto';
import {
  AppError,
  derivedUuid,
  type ItemOf,
  message,
  RelayedEvent,
  sourceKeyContext,
  webhookReceive,
} from '@lamplighter/contracts';
import { Clock, Publisher, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { isOfInterest, rawPayloadOf, readRelayed } from '../domain/relayed-message.ts';
import { isSignedBy } from '../domain/hmac-signature.ts';
import { noSource } from '../domain/source.ts';
import { AnswerPacker } from '../ports/answers.ts';
import type { SourceDoor } from '../ports/sources.ts';
import { SourceStore } from '../ports/sources.ts';
import type { WebhookKey } from '../ports/webhooks.ts';
import { AuthenticateCaller } from './authenticate-caller.ts';

/** What another MDM server posted. */
export interface PostedEvent {
  body: Buffer;
  signature: string | undefined;
  authorization: string | undefined;
}

/** Above this an event's message travels beside it. */
const MOST_INLINE_BYTES = 128 * 1024;

/** Takes an event of another MDM server: once it is with the broker it is not lost. The sender posts it once and never again. */
@Injectable()
export class TakeEvent {
  constructor(
    private readonly sources: SourceStore,
    private readonly authenticate: AuthenticateCaller,
    private readonly sealer: Sealer,
    private readonly packer: AnswerPacker,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
  ) {}

  /** Throws AppError where it will never be right, and what the broker throws. */
  async run(key: WebhookKey, posted: PostedEvent): Promise<void> {
    const door = await this.sources.door(key);
    if (door === undefined) throw noSource(key.name);
    await this.admit(door, posted);
    if (!door.enabled) {
      throw new AppError('source.disabled', `the source ${key.name} is not enabled: nothing is taken from it`, {
        remedy: `enable it with PUT /v1/sources/${key.name}`,
      });
    }
    const event = eventIn(posted.body);
    if (!isOfInterest(event)) return;
    const raw = rawPayloadOf(event);
    const read = readRelayed(event, raw);
    if (read.kind === 'nothing') return;
    const id = derivedUuid('webhook.receive', key.tenant, key.name, event.event_id || hashOf(posted.body));
    // Streams and dead letters are no place for a device's secrets.
    const kept = read.kind === 'check-in' ? Buffer.from(read.payload) : raw;
    const item = await this.itemOf(key.name, event, kept);
    const sent = message(webhookReceive, { id, tenant: key.tenant, at: this.clock.now() }, [item]);
    await this.publisher.publish(webhookReceive, sent, read.who.deviceId);
  }

  /** By signature where the source has a key for it, else by token. */
  private async admit(door: SourceDoor, { body, signature, authorization }: PostedEvent): Promise<void> {
    if (door.sealedWebhookKey !== null) {
      const key = this.sealer.open(door.sealedWebhookKey, sourceKeyContext(door, 'webhook-key'));
      if (signature !== undefined && isSignedBy(key, body, signature)) return;
      const what = signature === undefined ? 'the event is not signed' : 'the signature is not that of the body';
      throw new AppError('source.unauthenticated', `${what}: X-Hmac-Signature is base64 of its HMAC-SHA256`, {
        remedy: "let the sender sign with this source's webhookKey (NanoMDM: -webhook-hmac-key)",
      });
    }
    if (door.unauthenticated) return;
    const { tenant } = await this.authenticate.run(authorization);
    if (tenant === door.tenant) return;
    throw new AppError('source.forbidden', `this token is of the tenant ${tenant}, the source of another`);
  }

  private async itemOf(source: string, event: RelayedEvent, raw: Buffer): Promise<ItemOf<typeof webhookReceive>> {
    const { acknowledge_event: answer, checkin_event: _checkIn, ...rest } = event;
    if (raw.length > MOST_INLINE_BYTES) return { source, event: rest, payload: await this.packer.pack(raw) };
    const said = { raw_payload: raw.toString('base64') };
    return {
      source,
      event: { ...rest, ...(answer === undefined ? { checkin_event: said } : { acknowledge_event: said }) },
    };
  }
}

function eventIn(body: Buffer): RelayedEvent {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AppError('webhook.invalid', 'the body is not JSON');
  }
  const parsed = RelayedEvent.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message: fault }) => ({ path: path.join('.'), message: fault }));
  const list = fields.map(({ path, message: fault }) => `${path}: ${fault}`).join('; ');
  throw new AppError('webhook.invalid', `the body is not an event of NanoMDM or MicroMDM: ${list}`, { fields });
}

function hashOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
