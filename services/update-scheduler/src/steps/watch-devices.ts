import { deviceInformation, plistDictFragment } from '@lamplighter/apple';
import {
  commandEnqueue,
  declarationNotify,
  derivedUuid,
  findingAlerted,
  findingText,
  message,
  Priority,
  pushRequest,
  type WatchStep,
} from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Log, Outbox, Requester, Resting, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { gravest, nextStep } from '../domain/watchdog.ts';
import type { DueDevice, WatchTerms } from '../ports/watch.ts';
import { WatchStore } from '../ports/watch.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** At once, so that a fleet that lost its network is not woken all together. */
const MOST_STEPS = 500;
const CAUSE = 'watchdog';
/** How long a tenant waits whose steps could not be taken. */
const REST_MS = { firstMs: MINUTE_MS, mostMs: 10 * MINUTE_MS };

interface Taken {
  device: DueDevice;
  step: WatchStep | undefined;
  dueAt: Date | undefined;
}

/** Finds devices that should have come, updates that stand still and certificates that end; wakes, asks, and at last tells people. */
@Injectable()
export class WatchDevices {
  private readonly resting = new Resting(REST_MS);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly requester: Requester,
    private readonly watch: WatchStore,
    private readonly log: Log,
  ) {}

  /** Looks at the next part of the fleet where it is time for that. True when more of it is left. */
  look(): Promise<boolean> {
    return this.watch.sweep(this.terms(), this.config.LAMP_PLAN_CHUNK);
  }

  /** Takes the steps that are due, at most 500. Returns how many. */
  async act(): Promise<number> {
    let tenant: string | undefined;
    try {
      const taken = await this.take((inHand) => (tenant = inHand));
      for (const [of, some] of byTenant(taken)) await this.sync(of, chosen(some, 'sync'));
      return taken.filter(({ step }) => step !== undefined).length;
    } catch (err) {
      if (tenant === undefined) throw err;
      const ms = this.resting.add(tenant);
      this.log.error(
        { tenant, ms, err },
        'the watchdog’s steps of a tenant could not be taken; others go on, and it is tried again after these ms',
      );
      return this.act();
    }
  }

  /** @param inHand is told whose steps are being written, and undefined once all are */
  private take(inHand: (tenant: string | undefined) => void): Promise<Taken[]> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      inHand(undefined);
      const due = await this.watch.due(tx, now, MOST_STEPS, this.resting.ids());
      const next = due.map((device) => ({
        device,
        ...nextStep(device, now, this.config.LAMP_WATCH_STEP_MINUTES * MINUTE_MS),
      }));
      if (next.length === 0) return [];
      for (const [tenant, some] of byTenant(next)) {
        inHand(tenant);
        await this.stage(tx, tenant, some, now);
        this.resting.clear(tenant);
      }
      inHand(undefined);
      await this.watch.note(
        tx,
        next.map(({ device: { tenant, deviceId }, step, dueAt }) => ({ tenant, deviceId, step, dueAt })),
        now,
      );
      return next;
    });
  }

  private terms(): WatchTerms {
    const now = this.clock.now();
    const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);
    return {
      now,
      silentBefore: ago(this.config.LAMP_WATCH_SILENT_MINUTES),
      stuckBefore: ago(this.config.LAMP_WATCH_STUCK_MINUTES),
      updateBefore: ago(this.config.LAMP_WATCH_UPDATE_MINUTES),
      worldNow: new Date(),
      certificateBefore: new Date(Date.now() + this.config.LAMP_WATCH_CERTIFICATE_DAYS * DAY_MS),
      nextAt: new Date(now.getTime() + this.config.LAMP_WATCH_SECONDS * 1_000),
    };
  }

  private async stage(tx: Tx, tenant: string, taken: readonly Taken[], now: Date): Promise<void> {
    await this.push(tx, tenant, chosen(taken, 'push'), now);
    await this.ping(tx, tenant, chosen(taken, 'ping'), now);
    await this.alert(tx, tenant, chosen(taken, 'alert'), now);
  }

  /** One that expires: a device that comes back tomorrow is not woken for what is over. */
  private async push(tx: Tx, tenant: string, devices: readonly DueDevice[], now: Date): Promise<void> {
    if (devices.length === 0) return;
    const id = idOf('push', tenant, devices, now);
    const expiresAt = new Date(now.getTime() + this.config.LAMP_WATCH_STEP_MINUTES * MINUTE_MS).toISOString();
    const items = devices.map(({ deviceId }) => ({ deviceId, expiresAt, reason: 'due' as const }));
    await this.outbox.stage(tx, pushRequest, message(pushRequest, { id, tenant, at: now }, items), id);
  }

  private async ping(tx: Tx, tenant: string, devices: readonly DueDevice[], now: Date): Promise<void> {
    if (devices.length === 0) return;
    const id = idOf('ping', tenant, devices, now);
    const command = deviceInformation();
    const xml = plistDictFragment(command);
    const bodyId = derivedUuid('command-body', xml);
    const commands = devices.map(({ deviceId }) => ({
      deviceId,
      commandId: derivedUuid('watchdog', tenant, deviceId, now.toISOString()),
      bodyId,
    }));
    const group = {
      cause: CAUSE,
      purpose: CAUSE,
      priority: Priority.inventory,
      expiresAt: new Date(now.getTime() + DAY_MS).toISOString(),
      bodies: [{ bodyId, requestType: command.RequestType, command: xml }],
      commands,
    };
    await this.outbox.stage(tx, commandEnqueue, message(commandEnqueue, { id, tenant, at: now }, [group]), id);
  }

  private async alert(tx: Tx, tenant: string, devices: readonly DueDevice[], now: Date): Promise<void> {
    if (devices.length === 0) return;
    const id = idOf('alert', tenant, devices, now);
    const items = devices.map(({ deviceId, kinds, findings }) => {
      const { kind, since, evidence } = findings.find((one) => one.kind === gravest(kinds))!;
      const text = findingText(kind, since, evidence);
      return { deviceId, kind, since: since.toISOString(), text, at: now.toISOString() };
    });
    await this.outbox.stage(tx, findingAlerted, message(findingAlerted, { id, tenant, at: now }, items), id);
    this.log.warn({ tenant, count: items.length }, 'devices need a person: lamp findings shows them');
  }

  /** Nothing waits for it: the next step comes in any case. */
  private async sync(tenant: string, devices: readonly DueDevice[]): Promise<void> {
    if (devices.length === 0) return;
    const deviceIds = devices.map(({ deviceId }) => deviceId);
    await this.requester
      .request(declarationNotify, { tenant, deviceIds, sets: [], identifiers: [] })
      .catch((error: unknown) => this.log.warn({ err: error, tenant }, 'devices were not told to synchronize'));
  }
}

const chosen = (taken: readonly Taken[], step: WatchStep): DueDevice[] =>
  taken.filter((one) => one.step === step).map(({ device }) => device);

function idOf(step: WatchStep, tenant: string, devices: readonly DueDevice[], now: Date): string {
  return derivedUuid('watchdog', step, tenant, now.toISOString(), ...devices.map(({ deviceId }) => deviceId));
}

function byTenant(taken: readonly Taken[]): Map<string, Taken[]> {
  return Map.groupBy(taken, ({ device }) => device.tenant);
}
