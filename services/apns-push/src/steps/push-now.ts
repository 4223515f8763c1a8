import type { InputOf, OutputOf, pushNow } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { PushJob } from '../domain/push.ts';
import { WakeDevices } from './wake-devices.ts';

/** Less than a requester waits: it hears what came of it. */
const NOW_MS = 4000;

type Input = InputOf<typeof pushNow>;
type Results = Extract<OutputOf<typeof pushNow>, { ok: unknown }>['ok']['results'];

/** Pushes while somebody waits: each device once, whatever was pushed to it a moment ago. */
@Injectable()
export class PushNow {
  constructor(private readonly wake: WakeDevices) {}

  async run({ tenant, deviceIds, expiresAt }: Input): Promise<Results> {
    const untilMs = performance.now() + NOW_MS;
    const requestId = randomUUID();
    const jobs = [...new Set(deviceIds)].map((deviceId): PushJob => {
      return { tenant, deviceId, requestId, expiresAt: new Date(expiresAt) };
    });
    const results = await this.wake.run(jobs, { lane: 'first', received: undefined, untilMs });
    const byDevice = new Map(results.map((result) => [result.deviceId, result]));
    return deviceIds.map((deviceId) => {
      const { outcome, apnsId, reason } = byDevice.get(deviceId)!;
      return { deviceId, outcome, apnsId, reason };
    });
  }
}
