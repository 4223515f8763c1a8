import { activation } from '@lamplighter/apple';
import {
  declarationAssign,
  derivedUuid,
  encodeMessage,
  message,
  type NewDeclaration,
  subjectFor,
} from '@lamplighter/contracts';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';

import { type Bed, waitUntil } from '../bed.ts';
import type { BenchOptions } from '../options.ts';

const PER_MESSAGE = 1_000;
const IN_FLIGHT = 32;

/** An enforced update with its activation. */
export function updateTo(version: string): NewDeclaration[] {
  const { payload, ...act } = activation('bench.act', ['bench.update']);
  return [
    {
      identifier: 'bench.update',
      type: 'com.apple.configuration.softwareupdate.enforcement.specific',
      payload: { TargetOSVersion: version, TargetLocalDateTime: '2026-11-30T02:00:00' },
    },
    { ...act, payload: { ...payload } },
  ];
}

/** Has the service give declarations to devices; returns once all of it is committed and told to others. */
export async function giveAll(
  bed: Bed,
  options: BenchOptions,
  given: { ids: readonly string[]; run: string; declarations: NewDeclaration[] },
): Promise<void> {
  const { ids, run, declarations } = given;
  const client = jetstream(bed.nats);
  const manager = await jetstreamManager(bed.nats);
  const at = new Date();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let from = next; from < ids.length; from = next) {
      next += PER_MESSAGE;
      const id = derivedUuid('bench', run, from);
      const item = { cause: 'bench', declarations, devices: ids.slice(from, next) };
      const one = message(declarationAssign, { id, tenant: 'default', at }, [item]);
      await client.publish(subjectFor('lamp', declarationAssign, 'default', id), encodeMessage(one), { msgID: id });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  await waitUntil('the assignment', options, async () => {
    if ((await manager.streams.info('LAMP_DECLARATIONS')).state.messages > 0) return false;
    const { rows } = await bed.db.query<{ done: boolean }>('SELECT NOT EXISTS (SELECT FROM ddm.outbox) AS done');
    return rows[0]?.done === true;
  });
}
