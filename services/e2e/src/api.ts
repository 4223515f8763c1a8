import {
  Device,
  FleetSummary,
  Policy,
  type PolicyInput,
  HandOvers,
  Rollout,
  type RolloutDevice,
  RolloutDevicePage,
  RolloutSummary,
} from '@lamplighter/contracts';
import { z } from 'zod';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const Rollouts = z.object({ items: z.array(RolloutSummary) });

/** The operator's REST interface, as a stranger would use it. Every answer is held against its published schema. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Whatever it answers. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  }

  createPolicy(policy: PolicyInput): Promise<Policy> {
    return this.ask(Policy, 'POST', '/v1/policies', policy);
  }

  async rolloutsOf(policyId: string): Promise<z.infer<typeof RolloutSummary>[]> {
    return (await this.ask(Rollouts, 'GET', `/v1/rollouts?policyId=${policyId}`)).items;
  }

  handOvers(rolloutId: string): Promise<HandOvers> {
    return this.ask(HandOvers, 'GET', `/v1/rollouts/${rolloutId}/hand-overs`);
  }

  rollout(rolloutId: string): Promise<Rollout> {
    return this.ask(Rollout, 'GET', `/v1/rollouts/${rolloutId}`);
  }

  /** By device id. */
  async rolloutDevices(rolloutId: string): Promise<Map<string, z.infer<typeof RolloutDevice>>> {
    const { items } = await this.ask(RolloutDevicePage, 'GET', `/v1/rollouts/${rolloutId}/devices?limit=1000`);
    return new Map(items.map((device) => [device.deviceId, device]));
  }

  device(deviceId: string): Promise<Device> {
    return this.ask(Device, 'GET', `/v1/devices/${encodeURIComponent(deviceId)}`);
  }

  fleet(): Promise<FleetSummary> {
    return this.ask(FleetSummary, 'GET', '/v1/fleet');
  }

  /** Throws with what was answered where that is not a success. */
  async ask<S extends z.ZodType>(schema: S, method: string, path: string, body?: unknown): Promise<z.infer<S>> {
    const answer = await this.send(method, path, body);
    if (answer.status < 300) return schema.parse(answer.body);
    throw new Error(`${method} ${path}: HTTP ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}
