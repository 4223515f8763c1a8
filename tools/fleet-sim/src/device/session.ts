import type { Agent } from 'node:https';
import { signMdmBody } from '@lamplighter/apple';
import { issuerFromPem } from '../pki/certificate.ts';
import type { Credentials } from '../pki/authority.ts';
import { between, seededRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { advance } from './advance.ts';
import { answerCommand, answerUserCommand } from './answer-command.ts';
import { newCounts } from './counts.ts';
import { isOnline } from './device.ts';
import type { Device, UserChannel, World } from './device.ts';
import { Identities } from './identities.ts';
import { ddmDueAt } from './ddm/ddm.ts';
import type { Ddm } from './ddm/ddm.ts';
import type { Declaration } from './ddm/declaration.ts';
import { talk } from './ddm/talk.ts';
import * as message from './messages.ts';
import { put, sharedAgent } from './transport.ts';
import type { Drop, Reply, ServerAddress } from './transport.ts';

const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 15 * 60_000;
/** A retry also waits this long in real time: an accelerated clock must not turn back-off into a flood. */
const REAL_RETRY_MS = 500;
const REAL_LAST_RETRY_MS = 15_000;

export interface SessionOptions {
  readonly world: World;
  readonly server: ServerAddress;
  readonly topic: string;
  /** Signs the devices' identities. */
  readonly deviceCa: Credentials;
  readonly sockets: number;
  readonly random: Random;
  /** Fleet milliseconds per real millisecond. */
  readonly factor: number;
}

interface Line {
  readonly agent: Agent;
  readonly sign: ((body: string) => Record<string, string>) | undefined;
  close(): void;
}

/** The server refused, or the line broke: the device keeps its message and comes back. */
class NotTaken extends Error {}

/** How devices talk to the MDM server. One session of a device at a time. */
export class Sessions {
  readonly counts = newCounts();
  private readonly options: SessionOptions;
  private readonly identities: Identities;
  private readonly shared: Agent;
  private readonly declarations = new Map<string, Declaration>();

  constructor(options: SessionOptions) {
    this.options = options;
    const issuer = issuerFromPem(options.deviceCa.certificate, options.deviceCa.key);
    this.identities = new Identities(options.world, issuer, options.server);
    this.shared = sharedAgent(options.server, options.sockets);
  }

  close(): void {
    this.shared.destroy();
  }

  /** Authenticate and TokenUpdate. False when the server did not take them: try again later. */
  async enroll(device: Device): Promise<boolean> {
    const { topic, world } = this.options;
    device.certificate = undefined;
    device.ddm = undefined;
    device.user = undefined;
    device.generation += 1;
    device.unregisteredAt = world.now();
    return this.checkIn(device, [message.authenticate(device, topic), message.tokenUpdate(device, topic, world.seed)]);
  }

  /** What a Mac has to say once it is enrolled. It works without; 410 to the user channel means that nobody wants it. */
  async settleIn(device: Device): Promise<void> {
    if (device.model.platform !== 'macOS') return;
    const { topic, world } = this.options;
    const random = seededRandom(world.seed, 'settle in', device.index);
    const [escrows, logsIn] = [random() < world.mix.bootstrapTokens, random() < world.mix.userChannels];
    if (escrows) await this.checkIn(device, [message.setBootstrapToken(device, world.seed)]);
    if (!logsIn || !(await this.checkIn(device, message.userChannel(device, topic, world.seed)))) return;
    device.user = { ddm: undefined, wakeAt: Infinity };
  }

  async checkOut(device: Device): Promise<boolean> {
    return this.checkIn(device, [message.checkOut(device, this.options.topic)]);
  }

  /** Connects: a cached answer or Idle, then commands until there are none. Never throws. */
  async connect(device: Device): Promise<void> {
    const line = this.line(device);
    this.counts.sessions += 1;
    const body = device.cached?.body ?? message.idle(message.senderOf(device));
    if (device.cached) this.counts.retries += 1;
    try {
      await this.work(device, line, body);
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
    } finally {
      line.close();
    }
  }

  /** Declarative management: what the device has to ask or to report by itself. What the server does not take is tried later. */
  async manage(device: Device): Promise<void> {
    const line = this.line(device);
    try {
      await this.talk(device, device.ddm!, line, message.senderOf(device));
    } finally {
      line.close();
    }
  }

  /** Connects as the user of a Mac if it was woken, and does what its declarations want. What is not taken is tried later. */
  async connectUser(device: Device): Promise<void> {
    const { world } = this.options;
    const user = device.user!;
    const who = message.userOf(device, world.seed);
    const line = this.line(device);
    try {
      if (user.wakeAt <= world.now()) await this.workAs(device, user, line, who);
      if (user.ddm && ddmDueAt(user.ddm) <= world.now()) await this.talk(device, user.ddm, line, who);
    } finally {
      line.close();
    }
  }

  private async workAs(device: Device, user: UserChannel, line: Line, who: message.Sender): Promise<void> {
    const { world } = this.options;
    user.wakeAt = Infinity;
    this.counts.sessions += 1;
    try {
      let body = message.idle(who);
      for (;;) {
        const askedAt = world.now();
        const reply = await this.send(device, line, { contentType: message.CONNECT, body });
        if (reply.status !== 200) throw new NotTaken(`HTTP ${reply.status}`);
        const command = this.read(reply, askedAt);
        if (!command) return;
        body = message.answerMessage(who, command.uuid, answerUserCommand(device, world, command));
      }
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      user.wakeAt = world.now() + this.retryDelay(1);
    }
  }

  private async talk(device: Device, ddm: Ddm, line: Line, who: message.Sender): Promise<void> {
    const { world } = this.options;
    const ask = (endpoint: string, data?: string) => this.ask(device, line, who, { endpoint, data });
    try {
      await talk(device, world, ddm, { ask, counts: this.counts, shared: this.declarations });
      ddm.attempts = 0;
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      ddm.attempts += 1;
      const again = world.now() + this.retryDelay(ddm.attempts);
      for (const due of ['syncAt', 'reportAt', 'fullReportAt'] as const) if (ddm[due] < again) ddm[due] = again;
    }
  }

  private async ask(
    device: Device,
    line: Line,
    who: message.Sender,
    { endpoint, data }: { endpoint: string; data: string | undefined },
  ): Promise<Reply> {
    advance(device, this.options.world);
    if (!isOnline(device, this.options.world.now())) throw new NotTaken('the device went away');
    const sent = { contentType: message.CHECK_IN, body: message.declarativeManagement(who, endpoint, data) };
    if (endpoint === 'status') await this.repeatOrDrop(device, line, sent);
    const reply = await this.send(device, line, sent);
    const isGone = reply.status === 404 && endpoint.startsWith('declaration/');
    if (reply.status !== 200 && !isGone) throw new NotTaken(`HTTP ${reply.status}`);
    return reply;
  }

  /** A report of a device that repeats itself, or whose line breaks: the server may see it twice. */
  private async repeatOrDrop(device: Device, line: Line, report: { contentType: string; body: string }): Promise<void> {
    const drop = this.dropOf(device);
    if (drop) await this.send(device, line, { ...report, drop });
    if (device.behaviour !== 'duplicateAnswers') return;
    this.counts.duplicates += 1;
    await this.send(device, line, report);
  }

  private async checkIn(device: Device, bodies: readonly string[]): Promise<boolean> {
    const line = this.line(device);
    try {
      for (const body of bodies) {
        const reply = await this.send(device, line, { contentType: message.CHECK_IN, body });
        if (reply.status !== 200) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof NotTaken) return false;
      throw error;
    } finally {
      line.close();
    }
  }

  private async work(device: Device, line: Line, first: string): Promise<void> {
    const { world } = this.options;
    let body = first;
    let isAnswer = device.cached !== undefined;
    let status = 'Idle';
    for (;;) {
      const askedAt = world.now();
      const reply = await this.deliver(device, line, body, isAnswer);
      const command = this.read(reply, askedAt);
      if (!command) break;
      const answer = answerCommand(device, world, command);
      status = String(answer['Status']);
      this.counts.answers[status] = (this.counts.answers[status] ?? 0) + 1;
      body = message.answerMessage(message.senderOf(device), command.uuid, answer);
      isAnswer = true;
    }
    // It polls by itself only if NotNow was the last that it said.
    if (status === 'NotNow') {
      device.wakeAt = world.now() + between(this.options.random, ...world.mix.settings.notNowRepollMs);
    }
  }

  private read(reply: Reply, askedAt: number): ReturnType<typeof message.readCommand> {
    try {
      return message.readCommand(reply.body, askedAt);
    } catch {
      this.counts.badReplies += 1;
      return undefined;
    }
  }

  /** Sends a body until the server has it (once more for a device that repeats itself) and returns the reply to follow. */
  private async deliver(device: Device, line: Line, body: string, isAnswer: boolean): Promise<Reply> {
    advance(device, this.options.world);
    if (!isOnline(device, this.options.world.now())) {
      this.keep(device, body);
      throw new NotTaken('the device went away');
    }
    const drop = isAnswer ? this.dropOf(device) : undefined;
    const reply = await this.taken(device, line, body, drop);
    if (!isAnswer || device.behaviour !== 'duplicateAnswers') return reply;
    this.counts.duplicates += 1;
    const second = await this.taken(device, line, body, undefined);
    return second.body.length > 0 ? second : reply;
  }

  private dropOf(device: Device): Drop | undefined {
    if (device.behaviour !== 'dropConnection' || device.strikes <= 0) return undefined;
    device.strikes -= 1;
    this.counts.dropped += 1;
    return device.strikes % 2 === 0 ? 'reply' : 'sent';
  }

  private async taken(device: Device, line: Line, body: string, drop: Drop | undefined): Promise<Reply> {
    try {
      const reply = await this.send(device, line, { contentType: message.CONNECT, body, ...(drop ? { drop } : {}) });
      if (reply.status !== 200) throw new NotTaken(`HTTP ${reply.status}`);
      device.cached = undefined;
      return reply;
    } catch (error) {
      if (error instanceof NotTaken && device.phase === 'enrolled') this.keep(device, body);
      throw error;
    }
  }

  private keep(device: Device, body: string): void {
    const attempts = (device.cached?.attempts ?? 0) + 1;
    device.cached = { body, attempts, retryAt: this.options.world.now() + this.retryDelay(attempts) };
  }

  /** Fleet milliseconds until try number `attempts` + 1; doubles from try to try, with jitter. */
  retryDelay(attempts: number): number {
    const doubled = 2 ** Math.min(attempts - 1, 20);
    const wait = Math.min(FIRST_RETRY_MS * doubled, LAST_RETRY_MS);
    const real = Math.min(REAL_RETRY_MS * doubled, REAL_LAST_RETRY_MS) * this.options.factor;
    return Math.max(wait, real) * between(this.options.random, 0.75, 1.25);
  }

  private async send(
    device: Device,
    line: Line,
    { contentType, body, drop }: { contentType: string; body: string; drop?: Drop },
  ): Promise<Reply> {
    this.counts.requests += 1;
    let reply: Reply;
    try {
      const headers = line.sign?.(body) ?? {};
      reply = await put(this.options.server, line.agent, { contentType, body, headers, ...(drop ? { drop } : {}) });
    } catch (error) {
      this.counts.linesLost += drop ? 0 : 1;
      throw new NotTaken(error instanceof Error ? error.message : 'line lost');
    }
    if (reply.status !== 200) this.refused(device, reply);
    return reply;
  }

  private refused(device: Device, reply: Reply): void {
    this.counts.httpErrors[reply.status] = (this.counts.httpErrors[reply.status] ?? 0) + 1;
    if (reply.status === 401) {
      this.counts.unauthorized += 1;
      device.phase = 'unenrolled';
    } else if (reply.status === 403 && message.isUnrecognized(reply.body)) {
      this.counts.unrecognized += 1;
      device.phase = 'unrecognized';
    }
  }

  private line(device: Device): Line {
    const identity = this.identities.of(device);
    const { agent } = identity;
    if (agent !== undefined) return { agent, sign: undefined, close: () => agent.destroy() };
    const sign = (body: string): Record<string, string> => ({
      'mdm-signature': signMdmBody(Buffer.from(body), identity),
    });
    return { agent: this.shared, sign, close: () => undefined };
  }
}
