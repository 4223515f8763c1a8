import { derivedTraceparent, derivedUuid, isSampled, message, waveReleased } from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Log, Outbox, Resting, Tracer, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { firstBody } from '../domain/commands.ts';
import { isImprovement } from '../domain/target.ts';
import type { DueWave } from '../ports/waves.ts';
import type { Move } from '../ports/updates.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UpdateStore } from '../ports/updates.ts';
import { WaveStore } from '../ports/waves.ts';
import { type Announcement, announcementFor, stageAnnouncements } from './announce.ts';
import { moveTo, type Outgoing, stageAdvanced, stageCommands, type Told } from './outgoing.ts';

/** How long a rollout waits of which a wave could not be released. */
const REST_MS = { firstMs: 1_000, mostMs: 60_000 };

/**
 * Sends the first command to the devices of one due wave, or tells them by declaration when to install. State, what goes out and
 * events commit together.
 */
@Injectable()
export class ReleaseWave {
  /** Rollouts of which a wave could not be released. */
  private readonly resting = new Resting(REST_MS);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly waves: WaveStore,
    private readonly updates: UpdateStore,
    private readonly tracer: Tracer,
    private readonly log: Log,
  ) {}

  /** False when no wave is due, or the pacer holds it back. */
  async run(): Promise<boolean> {
    const startMs = Date.now();
    const without = this.resting.ids();
    if (!(await this.waves.admit(this.clock.now(), without))) return false;
    let claimed: DueWave | undefined;
    try {
      const done = await this.db.transaction(async (tx) => {
        const now = this.clock.now();
        const wave = (claimed = await this.waves.claim(tx, now, without));
        if (!wave) return undefined;
        const moved = now < wave.stopsAt ? await this.release(tx, wave, now) : await this.putOff(tx, wave, now);
        return { wave, moved, late: now >= wave.stopsAt };
      });
      if (done) this.tell(done, startMs);
    } catch (error) {
      if (!claimed) throw error;
      this.rest(claimed, error);
    }
    return claimed !== undefined;
  }

  private rest({ tenant, rolloutId, occurrenceId, wave }: DueWave, err: unknown): void {
    const ms = this.resting.add(rolloutId);
    this.log.error(
      { tenant, rolloutId, occurrenceId, wave, ms, err },
      'a wave could not be released; other rollouts go on, and it is tried again after these ms',
    );
  }

  private tell({ wave, moved, late }: { wave: DueWave; moved: Told[]; late: boolean }, startMs: number): void {
    this.resting.clear(wave.rolloutId);
    this.log.info(
      { rolloutId: wave.rolloutId, wave: wave.wave, count: moved.length },
      late ? 'wave put off: the stop time has come' : 'wave released',
    );
    if (!late) this.trace(wave, moved, startMs);
  }

  private async release(tx: Tx, wave: DueWave, now: Date): Promise<Told[]> {
    const to = { tenant: wave.tenant, at: now };
    const sent = await this.send(tx, wave, now);
    const told = sent.length === wave.size ? [] : await this.announce(tx, wave, now);
    const moves = [...sent, ...told];
    await stageAdvanced(this.outbox, tx, to, moves);
    await this.waves.released(tx, wave, now, moves.length);
    const { occurrenceId, rolloutId } = wave;
    const id = derivedUuid('wave.released', occurrenceId, wave.wave);
    const item = { occurrenceId, rolloutId, wave: wave.wave, devices: moves.length };
    await this.outbox.stage(tx, waveReleased, message(waveReleased, { id, ...to }, [item]), occurrenceId);
    return moves;
  }

  /** Devices on the MDM lane: each is asked what it can take. */
  private async send(tx: Tx, wave: DueWave, now: Date): Promise<Told[]> {
    const detail = `Wave ${wave.wave} was released; the device is asked what it can take.`;
    const devices = await this.waves.send(tx, wave, { now, detail, traced: this.config.LAMP_TRACE_SAMPLE });
    const asks = { scan: asked('scan', wave), list: asked('list', wave) };
    const event = { at: now, from: 'planned', to: 'scanning', reason: null, reportId: null } as const;
    const updates = devices.map((device) => ({ ...device, rolloutId: wave.rolloutId }));
    const outgoing = updates.map((update) => ({ update, ...asks[update.step] }));
    await stageCommands(this.outbox, tx, { tenant: wave.tenant, at: now }, outgoing);
    return updates.map((update) => ({ update, events: [{ ...event, commandId: update.commandId }] }));
  }

  /** What is left of the wave: devices that are told by declaration. */
  private async announce(tx: Tx, wave: DueWave, now: Date): Promise<Told[]> {
    const to = { tenant: wave.tenant, at: now };
    const devices = (await this.waves.devices(tx, wave)).filter(({ lane }) => lane === 'ddm');
    const announcements = await this.announcements(tx, wave, devices, now);
    const wanted = [...announcements.values()].map((one) => one.move);
    const moves = await this.updates.apply(tx, wave.tenant, wanted, now);
    const announced = moves.flatMap((move) => announcements.get(move.update.deviceId) ?? []);
    await stageAnnouncements(this.outbox, tx, to, announced);
    const replaced = await this.replace(tx, wave, announced, now);
    await stageAdvanced(this.outbox, tx, to, replaced);
    return moves;
  }

  /** Ends what other rollouts have told these devices: all tell by one cause, so that what is told now takes its place. */
  private async replace(tx: Tx, wave: DueWave, announced: readonly Announcement[], now: Date): Promise<Move[]> {
    if (announced.length === 0) return [];
    const ids = announced.map(({ move }) => move.update.deviceId);
    const others = await this.updates.declaredElsewhere(tx, wave, ids);
    const after = { state: 'superseded', reason: 'told-anew', step: '' } as const;
    const moves = others.map((one) => moveTo(one, after, 'Another rollout has told the device by declaration.', now));
    return this.updates.apply(tx, wave.tenant, moves, now);
  }

  private async announcements(tx: Tx, wave: DueWave, devices: readonly StoredUpdate[], now: Date) {
    const ids = devices.map(({ deviceId }) => deviceId);
    // The zone of an occurrence is that of its devices, but where the window has one of its own.
    const zones = wave.zone === '*' && ids.length > 0 ? await this.waves.zonesOf(tx, wave.tenant, ids) : undefined;
    const improved = devices.filter(isImprovement).map(({ deviceId }) => deviceId);
    const updated = improved.length === 0 ? undefined : await this.waves.updatedSince(tx, wave, improved);
    return new Map(
      devices.map((device) => {
        const { deviceId } = device;
        const isFollowUp = updated?.has(deviceId) === true;
        const own = { zone: zones?.get(deviceId), traceparent: this.traceOf(wave, device), isFollowUp };
        return [device.deviceId, announcementFor(wave, device, own, now)];
      }),
    );
  }

  private traceOf({ rolloutId, occurrenceId }: DueWave, { deviceId }: StoredUpdate): string {
    return derivedTraceparent(this.config.LAMP_TRACE_SAMPLE, rolloutId, deviceId, occurrenceId);
  }

  private async putOff(tx: Tx, wave: DueWave, now: Date): Promise<Told[]> {
    const devices = await this.waves.devices(tx, wave);
    const moves = devices.map((device) =>
      moveTo(
        device,
        { state: 'waiting', reason: 'window-closed' },
        'The stop time came before its wave; the next window goes on.',
        now,
      ),
    );
    const moved = await this.updates.apply(tx, wave.tenant, moves, now);
    await stageAdvanced(this.outbox, tx, { tenant: wave.tenant, at: now }, moved);
    await this.waves.drop(tx, wave.tenant, wave.occurrenceId, wave.wave);
    return moved;
  }

  private trace(wave: DueWave, moves: readonly Told[], startMs: number): void {
    const endMs = Date.now();
    const links = [wave.windowTraceparent];
    this.tracer.record('release-wave', {
      traceparent: wave.windowTraceparent,
      startMs,
      endMs,
      attributes: { 'lamp.wave': wave.wave, 'lamp.devices': moves.length },
    });
    for (const { update, events } of moves) {
      if (!isSampled(update.traceparent)) continue;
      const attributes = {
        'lamp.device_id': update.deviceId,
        'lamp.rollout_id': update.rolloutId,
        'lamp.wave': wave.wave,
        ...(events[0]!.commandId === null ? {} : { 'messaging.message.conversation_id': events[0]!.commandId }),
      };
      this.tracer.rootSpan(update.traceparent!, 'release-wave', { startMs, endMs, links, attributes });
    }
  }
}

function asked(step: 'scan' | 'list', { stopsAt }: DueWave): Pick<Outgoing, 'ask' | 'body'> {
  return { ask: { step, expiresAt: stopsAt, productKeys: [] }, body: firstBody(step) };
}
