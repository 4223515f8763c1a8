import { Clock, CONFIG, Log } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import type { Verdict } from '../domain/apns-answer.ts';
import { CertificateStore } from '../ports.ts';
import type { StoredCertificate } from '../ports.ts';

interface Shut {
  version: string;
  reason: string;
  /** On `performance.now()`: then one push may try. */
  probeAt: number;
}

/**
 * Leaves a topic alone whose certificate APNs refuses: APNs would count further tries against us. It opens with another
 * certificate, or when a single push, let through now and then, is not refused. What the gate keeps back is not lost: the
 * command queue asks again.
 */
@Injectable()
export class TopicGate {
  private readonly shut = new Map<string, Shut>();
  /** Versions of certificates that APNs has taken a push of. */
  private readonly proven = new Set<string>();

  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Why no push of this certificate may go; undefined where one may. Changes nothing. */
  closed(certificate: StoredCertificate): string | undefined {
    // By real time, as APNs goes by it.
    if (certificate.notAfter.getTime() <= Date.now()) return 'CertificateExpired';
    const shut = this.shutOf(certificate);
    return shut === undefined || performance.now() >= shut.probeAt ? undefined : shut.reason;
  }

  /** As `closed`, for a push that then goes: of a shut topic, one at a time. */
  enter(certificate: StoredCertificate): string | undefined {
    const reason = this.closed(certificate);
    const shut = this.shutOf(certificate);
    if (reason === undefined && shut !== undefined) shut.probeAt = this.nextProbe();
    return reason;
  }

  /** What APNs said to a push of this certificate. */
  heard(certificate: StoredCertificate, verdict: Verdict): void {
    if (verdict.stopsTopic) return this.refuse(certificate, verdict.reason ?? 'Forbidden');
    if (verdict.isRetried) return;
    if (verdict.outcome === 'accepted' || verdict.outcome === 'gone') this.proven.add(certificate.version);
    if (this.shutOf(certificate) !== undefined) this.open(certificate);
  }

  /**
   * APNs has taken a push of this certificate. Before that, a token that it does not take tells more of a wrong
   * certificate or a wrong LAMP_APNS_URL than of a device.
   */
  isProven({ version }: StoredCertificate): boolean {
    return this.proven.has(version);
  }

  private shutOf({ tenant, topic, version, refused }: StoredCertificate): Shut | undefined {
    // Asked twice for each push, and nearly always of a certificate that nothing was ever said against.
    if (this.shut.size === 0 && refused === undefined) return undefined;
    const name = `${tenant}\0${topic}`;
    const held = this.shut.get(name);
    if (held?.version === version) return held;
    this.shut.delete(name);
    if (refused === undefined || this.proven.has(version)) return undefined;
    // Another process found out.
    const shut = { version, reason: refused, probeAt: this.nextProbe() };
    this.shut.set(name, shut);
    return shut;
  }

  private refuse(certificate: StoredCertificate, reason: string): void {
    const { tenant, topic, version } = certificate;
    const held = this.shutOf(certificate);
    this.proven.delete(version);
    this.shut.set(`${tenant}\0${topic}`, { version, reason, probeAt: this.nextProbe() });
    if (held !== undefined) return;
    this.log.error(
      { tenant, topic, reason },
      'APNs refuses the push certificate; its topic is not pushed to until a new one is uploaded, or APNs takes it again',
    );
    this.note(certificate, reason);
  }

  private open(certificate: StoredCertificate): void {
    const { tenant, topic } = certificate;
    this.shut.delete(`${tenant}\0${topic}`);
    this.proven.add(certificate.version);
    this.log.info({ tenant, topic }, 'APNs takes the push certificate again');
    this.note(certificate, undefined);
  }

  private note(certificate: StoredCertificate, reason: string | undefined): void {
    const { tenant, topic } = certificate;
    this.certificates.setRefused(certificate, reason, this.clock.now()).catch((error: unknown) => {
      this.log.warn({ err: error, tenant, topic }, 'whether APNs takes the certificate could not be noted');
    });
  }

  private nextProbe(): number {
    return performance.now() + this.config.LAMP_APNS_PROBE_SECONDS * 1000 * (0.75 + Math.random() / 2);
  }
}
