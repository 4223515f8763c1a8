import { AppError, ddmSync, type DdmSyncReply, unpackSyncReplies } from '@lamplighter/contracts';
import { Clock, Requester } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';

const ENDPOINT = /^(tokens|declaration-items|status|declaration\/[^/]+\/.+)$/;
const LONGEST_NAME = 63;

/** Another MDM server asks for one of its devices' declarations, or passes its report on. */
@Injectable()
export class RelayDdm {
  constructor(
    private readonly requester: Requester,
    private readonly clock: Clock,
  ) {}

  /** The status and JSON for the device. Throws AppError `ddm-endpoint.not-found`, and what `ddm.sync` throws. */
  async run(caller: Caller, deviceId: string, endpoint: string, data?: string): Promise<DdmSyncReply> {
    if (!ENDPOINT.test(endpoint))
      throw new AppError('ddm-endpoint.not-found', 'there is no such endpoint of the DDM hook', {
        remedy: 'it has tokens, declaration-items, declaration/<type>/<identifier> and status',
      });
    const replies = await this.requester.request(ddmSync, [
      {
        tenant: caller.tenant,
        deviceId,
        source: caller.name.slice(0, LONGEST_NAME),
        receivedAt: this.clock.now().toISOString(),
        endpoint,
        ...(data === undefined ? {} : { data }),
      },
    ]);
    return unpackSyncReplies(replies)[0]!;
  }
}
