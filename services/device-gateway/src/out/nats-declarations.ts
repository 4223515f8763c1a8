import {
  type DdmSync,
  type DdmSyncReply,
  ddmSync,
  MAX_REQUEST_BYTES,
  splitBySize,
  unpackSyncReplies,
} from '@lamplighter/contracts';
import { Coalescer, CONFIG, Requester } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { Declarations } from '../ports.ts';

const MAX_BATCH = 256;
const IN_FLIGHT = 4;
/** A device does not notice it, and a batch of some costs hardly more than one. */
const WAIT_MS = 20;
const ENOUGH = 32;
/** Everything but the device's document. */
const HEAD_BYTES = 2_000;

const sizeOf = ({ data, endpoint }: DdmSync): number =>
  HEAD_BYTES + 2 * endpoint.length + (data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data)));

/** Check-ins that arrive close together share one request. */
@Injectable()
export class NatsDeclarations extends Declarations {
  private readonly coalescer: Coalescer<DdmSync, DdmSyncReply>;

  constructor(
    private readonly requester: Requester,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
    this.coalescer = new Coalescer({
      maxBatch: MAX_BATCH,
      maxInFlight: IN_FLIGHT,
      waitMs: WAIT_MS,
      enough: ENOUGH,
      run: (batch) => this.syncAll(batch),
    });
  }

  override sync(sync: DdmSync): Promise<DdmSyncReply> {
    return this.coalescer.add(sync);
  }

  /** Fails for the devices of the message that failed, not for those that happened to come along. */
  private async syncAll(syncs: readonly DdmSync[]): Promise<DdmSyncReply[]> {
    const timeoutMs = this.config.LAMP_GATEWAY_REPLY_SECONDS * 1000;
    const batches = splitBySize(syncs, MAX_REQUEST_BYTES, { sizeOf });
    if (batches.length === 1) return unpackSyncReplies(await this.requester.request(ddmSync, batches[0]!, timeoutMs));
    const settled = await Promise.allSettled(batches.map((batch) => this.requester.request(ddmSync, batch, timeoutMs)));
    return settled.flatMap((result, index) =>
      result.status === 'fulfilled' ? unpackSyncReplies(result.value) : batches[index]!.map(() => ({ status: 503 })),
    );
  }
}
