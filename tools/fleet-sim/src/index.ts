import { clockFrom } from '@lamplighter/contracts';
import { topicOf } from './apns/push-pki.ts';
import { Catalog } from './device/catalog.ts';
import type { Device } from './device/device.ts';
import { parseMix } from './device/mix.ts';
import type { Mix } from './device/mix.ts';
import { Fleet } from './fleet.ts';
import type { FleetParts } from './fleet.ts';
import type { FleetHandle } from './fleet-handle.ts';
import type { Credentials } from './pki/authority.ts';
import { newPki, pkiIn } from './pki/pki-directory.ts';
import type { FleetPki } from './pki/pki-directory.ts';
import { summarize } from './summary.ts';
import { turnClock } from './turn-clock.ts';

export { NO_FAULTS } from './apns/judge-push.ts';
export type { FaultRates } from './apns/judge-push.ts';
export { ApnsServer } from './apns/apns-server.ts';
export type { ApnsOptions } from './apns/apns-server.ts';
export { newPushPki, topicOf } from './apns/push-pki.ts';
export type { PushPki } from './apns/push-pki.ts';
export type { PushDevices, PushTarget, TokenState } from './apns/push-store.ts';
export { startControl } from './control.ts';
export type { Control } from './control.ts';
export { Catalog, SAMPLE_FEED } from './device/catalog.ts';
export type { Device, Scheduled } from './device/device.ts';
export { BEHAVIOURS, parseMix } from './device/mix.ts';
export type { Behaviour, Mix, MixInput } from './device/mix.ts';
export { newAuthority, newCredentials } from './pki/authority.ts';
export type { Authority, Credentials } from './pki/authority.ts';
export { clientExtensions, keyPem, serverExtensions } from './pki/certificate.ts';
export { newPki, PKI_FILES, pkiIn } from './pki/pki-directory.ts';
export type { FleetPki } from './pki/pki-directory.ts';
export type { Summary, SummaryQuery } from './summary.ts';

export interface FleetOptions {
  /** The MDM server's URL (ServerURL and CheckInURL of a profile). */
  readonly server: string;
  /** PEM of what the MDM server's certificate is trusted by. */
  readonly serverCa?: string;
  readonly devices: number;
  /** Same seed, mix and catalog: same devices. Default `lamplighter`. */
  readonly seed?: string;
  /** Signs the devices' identities; one of its own when absent. */
  readonly deviceCa?: Credentials;
  /** Where certificates are kept; in memory when absent. */
  readonly pkiDir?: string;
  /** Certificates from an earlier start; wins over `pkiDir`. */
  readonly pki?: FleetPki;
  /** As parseMix takes it; `{}` is the default mix. */
  readonly mix?: unknown;
  readonly catalog?: Catalog;
  /** `real` or `scaled:…`; see clockFrom of the contracts. */
  readonly clock?: string;
  /** Devices per second; default 200. */
  readonly enrollRate?: number;
  /** Connections to the MDM server at once; default 64. */
  readonly sockets?: number;
  readonly apns?: {
    /** Default 0: a free port. */
    readonly port?: number;
    readonly host?: string;
    readonly maxConcurrentStreams?: number;
    readonly answerDelayMs?: number;
  };
}

/** Starts the push service and the devices, which begin to enroll. Throws on a wrong mix, clock or certificate. */
export async function startFleet(options: FleetOptions): Promise<FleetHandle> {
  const seed = options.seed ?? 'lamplighter';
  const clock = clockFrom(options.clock ?? 'real');
  const mix: Mix = parseMix(options.mix ?? {});
  const pki = options.pki ?? pkiFor(options, topicOf(seed));
  const fleet = new Fleet({
    world: { seed, mix, catalog: options.catalog ?? Catalog.sample(), now: turnClock(clock.now) },
    count: options.devices,
    enrollRate: options.enrollRate ?? 200,
    factor: 1 / clock.realDelay(1),
    sessions: {
      server: { url: options.server, ...(options.serverCa ? { ca: options.serverCa } : {}) },
      topic: pki.topic,
      deviceCa: pki.deviceCa,
      sockets: options.sockets ?? 64,
    },
    apns: apnsOf(options, pki),
  });
  const listening = await fleet.start();
  return handleOf(fleet, pki, `https://localhost:${listening}`);
}

function apnsOf(options: FleetOptions, pki: FleetPki): FleetParts['apns'] {
  const { port = 0, host = '127.0.0.1', maxConcurrentStreams = 1000, answerDelayMs = 0 } = options.apns ?? {};
  return { port, host, server: pki.apnsServer, pushCa: pki.apnsCa, maxConcurrentStreams, answerDelayMs };
}

function pkiFor(options: FleetOptions, topic: string): FleetPki {
  return options.pkiDir === undefined
    ? newPki(topic, options.deviceCa)
    : pkiIn(options.pkiDir, topic, options.deviceCa);
}

function handleOf(fleet: Fleet, pki: FleetPki, apnsUrl: string): FleetHandle {
  const byUdid = new Map<string, Device>();
  return {
    apns: fleet.apns,
    apnsUrl,
    pki,
    fleet,
    devices: () => fleet.devices,
    device: (udid) => {
      if (byUdid.size === 0) for (const device of fleet.devices) byUdid.set(device.udid, device);
      return byUdid.get(udid);
    },
    summary: (query) => summarize(fleet, query),
    enrolled: () => fleet.enrolled(),
    stop: () => fleet.stop(),
  };
}
export type { FleetHandle } from './fleet-handle.ts';
