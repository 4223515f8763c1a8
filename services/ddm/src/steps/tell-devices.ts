import { declarativeManagement, plistDictFragment, tokensDocument } from '@lamplighter/apple';
import {
  commandEnqueue,
  derivedUuid,
  message,
  packGroup,
  type CommandBody,
  type CommandGroup,
} from '@lamplighter/contracts';
import { CONFIG, Outbox, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { EMPTY_TOKEN } from '../domain/manifest.ts';
import { ManifestStore } from '../ports/manifests.ts';
import { Pace } from '../ports/pace.ts';
import type { ToldDevice } from '../ports/assignments.ts';

/** Operators see it beside the commands. */
export const CAUSE = 'declarations';

const PER_MESSAGE = 1000;
const DAY_MS = 86_400_000;
/** Changes that follow each other within this become one command, and one push. */
const SETTLE_MS = 1000;
const RETRIES = 2;

/** Sends each of these devices a DeclarativeManagement command with its tokens, so that it comes for what changed. */
@Injectable()
export class TellDevices {
  constructor(
    private readonly outbox: Outbox,
    private readonly manifests: ManifestStore,
    private readonly pace: Pace,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Within the transaction that noted them as told. A newer command takes the place of one that waits. */
  async run(tx: Tx, tenant: string, told: readonly ToldDevice[], now: Date): Promise<void> {
    if (told.length === 0) return;
    const bodies = await this.bodiesOf(tx, tenant, told, now);
    const from = await this.pace.book(tx, tenant, told.length, now);
    for (let start = 0; start < told.length; start += PER_MESSAGE) {
      const part = told.slice(start, start + PER_MESSAGE);
      const turnMs = from.getTime() + (start / this.config.LAMP_DDM_DEVICES_PER_SECOND) * 1000;
      const notBefore = new Date(Math.max(turnMs, now.getTime() + SETTLE_MS));
      const idOf = idsOf(tenant, part[0]!, now);
      const commands = part.map(({ deviceId, manifestId }, index) => ({
        deviceId,
        commandId: idOf(index),
        bodyId: bodies.get(manifestId)!.bodyId,
      }));
      const group: CommandGroup = {
        cause: CAUSE,
        notBefore: notBefore.toISOString(),
        expiresAt: new Date(notBefore.getTime() + this.config.LAMP_DDM_EXPIRY_DAYS * DAY_MS).toISOString(),
        purpose: CAUSE,
        retries: RETRIES,
        bodies: [...new Set(part.map(({ manifestId }) => manifestId))].map((manifestId) => bodies.get(manifestId)!),
        commands,
      };
      const id = derivedUuid('declarations', tenant, commands[0]!.commandId, commands.length);
      await this.outbox.stage(
        tx,
        commandEnqueue,
        message(commandEnqueue, { id, tenant, at: now }, [packGroup(group)]),
        id,
      );
    }
  }

  /** One for each manifest, and for none. */
  private async bodiesOf(
    tx: Tx,
    tenant: string,
    told: readonly ToldDevice[],
    now: Date,
  ): Promise<Map<string | null, CommandBody>> {
    const ids = [...new Set(told.map(({ manifestId }) => manifestId))];
    const held = ids.filter((id) => id !== null);
    const found = held.length === 0 ? [] : await this.manifests.find(tx, tenant, held);
    const bodies = new Map<string | null, CommandBody>(
      found.map((one) => [one.manifestId, bodyOf(one.tokensDocument)]),
    );
    if (ids.includes(null)) bodies.set(null, bodyOf(tokensDocument(EMPTY_TOKEN, now)));
    return bodies;
  }
}

/** A device is told the n-th time once, so that it names its message; one hash for all of that, and their places in it. */
function idsOf(tenant: string, { deviceId, toldCount }: ToldDevice, now: Date): (index: number) => string {
  const common = derivedUuid('declarative-management', tenant, deviceId, toldCount, now.toISOString()).slice(0, -4);
  return (index) => `${common}${index.toString(16).padStart(4, '0')}`;
}

function bodyOf(tokens: string): CommandBody {
  const command = plistDictFragment(declarativeManagement(Buffer.from(tokens)));
  return { bodyId: derivedUuid('command-body', command), requestType: 'DeclarativeManagement', command };
}
