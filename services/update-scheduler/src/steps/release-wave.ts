import { derivedTraceparent, derivedUuid, message, waveReleased } from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Log, Outbox, Tracer, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { bodyFor } from '../domain/commands.ts';
import { type DueWave, type Move, type StoredUpdate, UpdateStore, WaveStore } from '../ports.ts';
import { type Announcement, announcementFor, stageAnnouncements } from './announce.ts';
import { commandIdOf, moveTo, type Outgoing, stageAdvanced, stageCommands } from './outgoing.ts';

/**
 * Sends the first command to the devices of one due wave, or tells them by declaration when to install. State, what goes out and
 * events commit together.
 */
@Injectable()
export class ReleaseWave {
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
    if (!(await this.waves.admit(this.clock.now()))) return false;
    const done = await this.db.transaction(async (tx) => {
      const now = this.clock.now();
      const wave = await this.waves.claim(tx, now);
      if (!wave) return undefined;
      const devices = await this.waves.devices(tx, wave);
      const moved =
        now < wave.stopsAt ? await this.release(tx, wave, devices, now) : await this.putOff(tx, wave, devices, now);
      return { wave, moved, late: now >= wave.stopsAt };
    });
    if (!done) return false;
    const { wave, moved, late } = done;
    this.log.info(
      { rolloutId: wave.rolloutId, wave: wave.wave, count: moved.length },
      late ? 'wave put off: the stop time has come' : 'wave released',
    );
    if (!late) this.trace(wave, moved, startMs);
    return true;
  }

  private async release(tx: Tx, wave: DueWave, devices: readonly StoredUpdate[], now: Date): Promise<Move[]> {
    const [declared, commanded] = [devices.filter(isDeclared), devices.filter((device) => !isDeclared(device))];
    const outgoing = new Map(commanded.map((device) => [device.deviceId, this.first(wave, device, now)]));
    const announcements = await this.announcements(tx, wave, declared, now);
    const wanted = [...outgoing.values(), ...announcements.values()].map((one) => one.move);
    const moves = await this.updates.apply(tx, wave.tenant, wanted, now);
    const to = { tenant: wave.tenant, at: now };
    const of = <T>(all: ReadonlyMap<string, T>) => moves.flatMap((move) => all.get(move.update.deviceId) ?? []);
    await stageCommands(this.outbox, tx, to, of(outgoing));
    await stageAnnouncements(this.outbox, tx, to, of(announcements));
    await stageAdvanced(this.outbox, tx, to, [...(await this.replace(tx, wave, of(announcements), now)), ...moves]);
    await this.waves.released(tx, wave, now, moves.length);
    const { occurrenceId, rolloutId } = wave;
    const id = derivedUuid('wave.released', occurrenceId, wave.wave);
    const item = { occurrenceId, rolloutId, wave: wave.wave, devices: moves.length };
    await this.outbox.stage(tx, waveReleased, message(waveReleased, { id, ...to }, [item]), occurrenceId);
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
    return new Map(
      devices.map((device) => {
        const own = { zone: zones?.get(device.deviceId), traceparent: this.traceOf(wave, device) };
        return [device.deviceId, announcementFor(wave, device, own, now)];
      }),
    );
  }

  private first(wave: DueWave, device: StoredUpdate, now: Date): Outgoing & { move: Move } {
    const step = device.platform === 'macOS' ? 'scan' : 'list';
    const commandSeq = device.commandSeq + 1;
    const after = {
      state: 'scanning',
      reason: null,
      step,
      commandSeq,
      commandId: commandIdOf(device, commandSeq),
      traceparent: this.traceOf(wave, device),
    } as const;
    const move = moveTo(device, after, `Wave ${wave.wave} was released; the device is asked what it can take.`, now);
    return {
      move,
      update: move.update,
      ask: { step, expiresAt: wave.stopsAt, productKeys: [] },
      body: bodyFor(step, device, []),
    };
  }

  private traceOf({ rolloutId, occurrenceId }: DueWave, { deviceId }: StoredUpdate): string {
    return derivedTraceparent(this.config.LAMP_TRACE_SAMPLE, rolloutId, deviceId, occurrenceId);
  }

  private async putOff(tx: Tx, wave: DueWave, devices: readonly StoredUpdate[], now: Date): Promise<Move[]> {
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

  private trace(wave: DueWave, moves: readonly Move[], startMs: number): void {
    const endMs = Date.now();
    const links = [wave.windowTraceparent];
    this.tracer.record('release-wave', {
      traceparent: wave.windowTraceparent,
      startMs,
      endMs,
      attributes: { 'lamp.wave': wave.wave, 'lamp.devices': moves.length },
    });
    for (const { update } of moves) {
      const attributes = {
        'lamp.device_id': update.deviceId,
        'lamp.rollout_id': update.rolloutId,
        'lamp.wave': wave.wave,
        ...(update.commandId === null ? {} : { 'messaging.message.conversation_id': update.commandId }),
      };
      this.tracer.rootSpan(update.traceparent!, 'release-wave', { startMs, endMs, links, attributes });
    }
  }
}

const isDeclared = ({ lane }: StoredUpdate): boolean => lane === 'ddm';
