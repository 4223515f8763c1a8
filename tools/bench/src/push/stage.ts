import { PushAddress, pushAddressContext } from '@lamplighter/contracts';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import copyStreams from 'pg-copy-streams';

import { AesSealer } from '../../../../libs/runtime/src/sealer.ts';

export const deviceIdOf = (n: number): string => `BENCH-${String(n).padStart(8, '0')}`;

/** Enrolled devices whose push addresses are sealed as the queue seals them. */
export async function stageTargets(db: pg.Client, secretKey: string, topic: string, devices: number): Promise<void> {
  const sealer = new AesSealer(Buffer.from(secretKey, 'base64'));
  const at = new Date().toISOString();
  function* rows(): Generator<string> {
    for (let n = 0; n < devices; n += 1) {
      const deviceId = deviceIdOf(n);
      const token = Buffer.from(n.toString(16).padStart(64, '0'), 'hex').toString('base64');
      const address = PushAddress.parse({ token, pushMagic: 'BENCH-PUSH-MAGIC' });
      const sealed = sealer.seal(Buffer.from(JSON.stringify(address)), pushAddressContext('default', deviceId));
      const hash = deviceId.padEnd(32, '.');
      yield `default\t${deviceId}\tdevice\tenrolled\t${topic}\t\\\\x${Buffer.from(hash).toString('hex')}\t\\\\x${sealed.toString('hex')}\t${at}\t1\t{}\t${at}\t${at}\n`;
    }
  }
  const copy = copyStreams.from(
    `COPY command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, push_address,
            token_updated_at, generation, facts, authenticated_at, enrolled_at) FROM STDIN`,
  );
  await pipeline(Readable.from(rows()), db.query(copy));
  await db.query('VACUUM ANALYZE command_queue.enrollment');
}
