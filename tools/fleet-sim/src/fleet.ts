import { between, seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { ApnsServer } from './apns/apns-server.ts';
import type { ApnsOptions } from './apns/apns-server.ts';
import type { PushTarget, TokenState } from './apns/push-store.ts';
import { advance, nextChangeAt } from './device/advance.ts';
import { ddmDueAt, userDueAt } from './device/ddm/ddm.ts';
import { isOnline, newDevice } from './device/device.ts';
import type { Device, World } from './device/device.ts';
import { magicOf, readToken, tokenOf } from './device/identity.ts';
import { Sessions } from './device/session.ts';
import type { SessionOptions } from './device/session.ts';
import { Slots } from './slots.ts';
import { Wheel } from './wheel.ts';

const TICK_MS = 5;
const CHANNELS = ['device', 'user'] as const;
const ONE_CHANNEL = ['device'] as const;

export interface FleetParts {
  readonly world: World;
  readonly count: number;
  /** Devices per real second. */
  readonly enrollRate: number;
  /** Fleet milliseconds per real millisecond. */
  readonly factor: number;
  readonly sessions: Omit<SessionOptions, 'world' | 'random' | 'factor'>;
  readonly apns: Omit<ApnsOptions, 'devices' | 'now' | 'draw'>;
}

/** The devices, the push service that wakes them, and the one wheel that moves them. */
export class Fleet {
  readonly devices: Device[];
  readonly apns: ApnsServer;
  readonly sessions: Sessions;
  readonly world: World;
  readonly counts = { wrongMagic: 0, enrollRetries: 0 };
  private readonly parts: FleetParts;
  private readonly random: Random;
  private readonly wheel: Wheel;
  private readonly slots: Slots;
  private timer: NodeJS.Timeout | undefined;
  private toEnroll: number;
  private enrolledWaiters: (() => void)[] = [];

  constructor(parts: FleetParts) {
    const { world, count, factor } = parts;
    this.parts = parts;
    this.world = world;
    this.random = seededRandom(world.seed, 'fleet');
    this.devices = Array.from({ length: count }, (_, index) => newDevice(world, index));
    this.toEnroll = count;
    this.wheel = new Wheel(world.now(), Math.max(1, TICK_MS * factor));
    this.slots = new Slots(parts.sessions.sockets);
    this.sessions = new Sessions({ ...parts.sessions, world, random: this.random, factor });
    this.apns = new ApnsServer({
      ...parts.apns,
      devices: { find: (token) => this.find(token) },
      now: () => world.now(),
      draw: seededRandom(world.seed, 'apns'),
    });
  }

  /** Returns the port of the push service. Devices begin to enroll. */
  async start(): Promise<number> {
    const port = await this.apns.listen();
    const startAt = this.world.now();
    const spacing = (1000 / this.parts.enrollRate) * this.parts.factor;
    for (const device of this.devices) {
      device.wakeAt = startAt + device.index * spacing;
      this.plan(device);
    }
    this.timer = setInterval(() => this.wheel.turn(this.world.now(), (index) => this.look(index)), TICK_MS);
    return port;
  }

  /** Resolves when every device has enrolled once (or was refused for good). */
  enrolled(): Promise<void> {
    return this.toEnroll === 0 ? Promise.resolve() : new Promise((resolve) => this.enrolledWaiters.push(resolve));
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.slots.drain();
    this.sessions.close();
    await this.apns.close();
  }

  find(token: string): TokenState {
    const named = readToken(this.world.seed, token);
    const device = named ? this.devices[named.index] : undefined;
    if (!named || !device || named.generation > device.generation) return 'unknown';
    const current = named.generation === device.generation && device.phase === 'enrolled';
    if (current && named.channel === 'user') return device.user ? this.target(device, 'user') : 'unknown';
    return current ? this.target(device) : { unregisteredAt: device.unregisteredAt };
  }

  /** A push arrives at the device itself. */
  push(device: Device): void {
    if (device.busy) device.pushed = true;
    else this.wake(device);
  }

  /** Takes a device off the network, or brings it back. */
  setOnline(device: Device, online: boolean): void {
    device.offlineFrom = online ? Infinity : this.world.now();
    device.offlineUntil = Infinity;
    this.settle(device);
  }

  private target(device: Device, channel: 'device' | 'user' = 'device'): PushTarget {
    return {
      online: () => {
        advance(device, this.world);
        return isOnline(device, this.world.now());
      },
      receive: (magic) => {
        if (magic !== magicOf(this.world.seed, device, channel)) this.counts.wrongMagic += 1;
        else if (channel === 'user') this.wakeUser(device);
        else this.push(device);
      },
    };
  }

  private wake(device: Device): void {
    const at = this.world.now() + between(this.random, ...this.world.mix.settings.wakeMs);
    device.wakeAt = Math.min(device.wakeAt, at);
    this.plan(device);
  }

  private wakeUser(device: Device): void {
    if (!device.user) return;
    const at = this.world.now() + between(this.random, ...this.world.mix.settings.wakeMs);
    device.user.wakeAt = Math.min(device.user.wakeAt, at);
    this.plan(device);
  }

  private look(index: number): void {
    const device = this.devices[index]!;
    if (device.plannedAt > this.world.now()) return;
    device.plannedAt = Infinity;
    this.settle(device);
  }

  /** Brings a device up to now, begins what is due, and plans its next look. */
  private settle(device: Device): void {
    const now = this.world.now();
    advance(device, this.world);
    if (device.phase === 'new') {
      if (device.wakeAt <= now) this.begin(device, () => this.enroll(device));
    } else if (isOnline(device, now)) {
      this.collectPushes(device, now);
      this.act(device, now);
    }
    this.plan(device);
  }

  private act(device: Device, now: number): void {
    if (device.actsAt <= now) {
      this.begin(device, () => (device.behaviour === 'leaves' ? this.leave(device) : this.enroll(device)));
    } else if (Math.min(device.wakeAt, device.cached?.retryAt ?? Infinity) <= now) {
      this.begin(device, () => this.connect(device));
    } else if (ddmDueAt(device.ddm) <= now) {
      this.begin(device, () => this.manage(device));
    } else if (userDueAt(device.user) <= now) {
      this.begin(device, () => this.connectUser(device));
    }
  }

  private collectPushes(device: Device, now: number): void {
    if (this.apns.store.waiting === 0) return;
    for (const channel of device.user ? CHANNELS : ONE_CHANNEL) {
      const token = tokenOf(this.world.seed, device.index, device.generation, channel).toString('hex');
      this.apns.store.cameOnline(token, this.target(device, channel), now);
    }
  }

  private begin(device: Device, job: () => Promise<void>): void {
    if (device.busy) return;
    device.busy = true;
    this.slots.run(async () => {
      await job();
      device.busy = false;
      if (device.pushed) this.wake(device);
      device.pushed = false;
      this.settle(device);
    });
  }

  private async manage(device: Device): Promise<void> {
    if (isOnline(device, this.world.now()) && device.ddm) await this.sessions.manage(device);
  }

  private async connectUser(device: Device): Promise<void> {
    if (isOnline(device, this.world.now()) && device.user) await this.sessions.connectUser(device);
  }

  private async connect(device: Device): Promise<void> {
    device.wakeAt = Infinity;
    if (isOnline(device, this.world.now())) await this.sessions.connect(device);
  }

  private async leave(device: Device): Promise<void> {
    device.wakeAt = Infinity;
    device.actsAt = Infinity;
    await this.sessions.checkOut(device); // best effort, once
    device.phase = 'left';
    device.unregisteredAt = this.world.now();
  }

  private async enroll(device: Device): Promise<void> {
    device.wakeAt = Infinity;
    const first = device.phase === 'new';
    device.cached = undefined;
    if (await this.sessions.enroll(device)) {
      device.phase = 'enrolled';
      this.afterEnrollment(device, first);
      await this.sessions.settleIn(device);
    } else if (device.phase === 'new' || device.phase === 'enrolled') {
      this.counts.enrollRetries += 1;
      const again = this.world.now() + this.sessions.retryDelay(3);
      if (first) device.wakeAt = again;
      else device.actsAt = again;
      return;
    }
    if (first) this.countEnrolled();
  }

  private countEnrolled(): void {
    this.toEnroll -= 1;
    if (this.toEnroll > 0) return;
    for (const resolve of this.enrolledWaiters.splice(0)) resolve();
  }

  private afterEnrollment(device: Device, first: boolean): void {
    const now = this.world.now();
    const { settings } = this.world.mix;
    device.actsAt = Infinity;
    if (!first) return;
    const random = seededRandom(this.world.seed, 'life', device.index);
    if (device.behaviour === 'reEnroll') device.actsAt = now + between(random, ...settings.reEnrollAfterMs);
    if (device.behaviour === 'leaves') device.actsAt = now + between(random, ...settings.leaveAfterMs);
    if (device.behaviour !== 'offline') return;
    device.offlineFrom = now;
    const never = random() < settings.offlineNeverShare;
    device.offlineUntil = never ? Infinity : now + between(random, ...settings.offlineForMs);
  }

  /** Puts the device's next event on the wheel, unless it is looked at before that anyway. */
  private plan(device: Device): void {
    const next = this.nextEventAt(device, this.world.now());
    if (next >= device.plannedAt) return;
    device.plannedAt = next;
    this.wheel.schedule(device.index, next);
  }

  private nextEventAt(device: Device, now: number): number {
    if (device.phase === 'new') return device.busy ? Infinity : device.wakeAt;
    if (device.phase !== 'enrolled') return Infinity;
    const change = nextChangeAt(device);
    if (!isOnline(device, now)) return now < device.offlineFrom ? change : Math.min(change, device.offlineUntil);
    const due = Math.min(
      device.wakeAt,
      device.cached?.retryAt ?? Infinity,
      device.actsAt,
      ddmDueAt(device.ddm),
      userDueAt(device.user),
    );
    const leaves = device.offlineFrom > now ? device.offlineFrom : Infinity;
    return Math.min(device.busy ? Infinity : due, change, leaves);
  }
}
