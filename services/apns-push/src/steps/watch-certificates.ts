import { warningStep } from '@lamplighter/contracts';
import { Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { CertificateStore } from '../ports.ts';
import type { CertificateNotice } from '../ports.ts';

const HOUR_MS = 3_600_000;

interface Notice {
  level: 'warn' | 'error';
  text: string;
  /** How long nothing is said of it again. */
  quietMs: number;
}

/** Says in the log, again and again, what will keep or keeps devices from being woken. */
@Injectable()
export class WatchCertificates {
  /** What was said of a topic, and until when that does. */
  private readonly said = new Map<string, { text: string; until: number }>();

  constructor(
    private readonly certificates: CertificateStore,
    private readonly log: Log,
  ) {}

  /** @param now real time: APNs judges certificates by it */
  async run(now: Date): Promise<void> {
    for (const certificate of await this.certificates.list()) {
      const { tenant, topic, notAfter, refused } = certificate;
      const name = `${tenant}\0${topic}`;
      const notice = noticeOf(certificate, now);
      const said = this.said.get(name);
      if (notice === undefined) this.said.delete(name);
      if (notice === undefined || (said?.text === notice.text && said.until > now.getTime())) continue;
      this.said.set(name, { text: notice.text, until: now.getTime() + notice.quietMs });
      this.log[notice.level]({ tenant, topic, notAfter, reason: refused }, notice.text);
    }
  }
}

const renew = 'renew it at identity.apple.com and upload it';

function noticeOf({ notAfter, refused }: CertificateNotice, now: Date): Notice | undefined {
  const step = warningStep(notAfter, now);
  if (step === 0) {
    return {
      level: 'error',
      text: `a push certificate has expired, its topic is not pushed to; ${renew}`,
      quietMs: HOUR_MS,
    };
  }
  if (refused !== undefined) {
    return {
      level: 'error',
      text: `APNs refuses a push certificate, its topic is not pushed to; ${renew}`,
      quietMs: HOUR_MS,
    };
  }
  if (step === undefined) return undefined;
  const left = step === 1 ? 'a day' : `${step} days`;
  return { level: 'warn', text: `a push certificate expires within ${left}; ${renew}`, quietMs: 24 * HOUR_MS };
}
