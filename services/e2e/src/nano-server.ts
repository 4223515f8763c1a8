import { buildPlist, isDict, parsePlist, type PlistInput } from '@lamplighter/apple';
import type { FleetPki } from '@lamplighter/fleet-sim';
import { OtherMdm, relayedEvent } from '@lamplighter/testing';
import { MdmServer } from '../../../tools/fleet-sim/src/testing/mdm-server.ts';

export interface NanoOptions {
  readonly pki: FleetPki;
  /** Where it posts its events, with the key that signs them. */
  readonly hook: { readonly url: string; readonly key: string };
  /** The fake APNs of its devices. */
  readonly apnsUrl: () => string;
  readonly now: () => Date;
}

/**
 * A stand-in for NanoMDM with devices: they enroll with it over TLS and answer it, its API takes commands for them, it pushes
 * them, and tells the webhook of all. The webhook's way is a bad one: every third Authenticate is lost, answers come twice, and
 * what is sent does not wait for what was sent before.
 */
export class NanoServer {
  readonly api = new OtherMdm('nanomdm');
  readonly devices: MdmServer;
  private readonly options: NanoOptions;
  private readonly posts = new Set<Promise<unknown>>();
  private authenticates = 0;

  constructor(options: NanoOptions) {
    this.options = options;
    this.devices = new MdmServer(options.pki);
    this.devices.refuse = ({ udid, what, body }) => {
      this.hear(udid, what, body as { readonly [key: string]: PlistInput });
      return undefined;
    };
    this.api.pushed = (deviceId) => void this.push(deviceId);
    this.api.taken = (deviceId, plist) => void this.enqueue(deviceId, plist);
  }

  async start(): Promise<void> {
    await this.devices.listen();
    await this.api.start();
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.devices.close();
    await Promise.all(this.posts);
  }

  private hear(udid: string, what: string, body: { readonly [key: string]: PlistInput }): void {
    const isCheckIn = body['MessageType'] !== undefined;
    if (what === 'TokenUpdate') this.api.enroll(udid);
    if (what === 'Authenticate' && (this.authenticates += 1) % 3 === 0) return;
    const event = relayedEvent(isCheckIn ? `mdm.${what}` : 'mdm.Connect', buildPlist(body), { at: this.options.now() });
    this.post(event);
    if (!isCheckIn) this.post({ ...event, event_id: undefined });
  }

  private post(event: object): void {
    // Nobody repeats what is lost.
    const post = this.api.relay(this.options.hook, event).catch(() => undefined);
    this.posts.add(post);
    void post.then(() => this.posts.delete(post));
  }

  private async enqueue(deviceId: string, plist: string): Promise<void> {
    const parsed = parsePlist(plist);
    if (!isDict(parsed)) throw new Error('no command');
    this.devices.enqueue(deviceId, parsed['Command'] as PlistInput, String(parsed['CommandUUID']));
    await this.push(deviceId);
  }

  /** Once, and without an expiration: APNs drops it where the device is away. */
  private async push(deviceId: string): Promise<void> {
    if (!this.devices.push.has(deviceId)) return;
    await this.devices.wake(this.options.apnsUrl(), deviceId).catch(() => undefined);
  }
}
