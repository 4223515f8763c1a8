import { recordingLog } from '@lamplighter/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CertificateStore } from '../ports.ts';
import type { CertificateNotice } from '../ports.ts';
import { WatchCertificates } from './watch-certificates.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const start = new Date('2026-11-20T02:00:00Z').getTime();

class FakeCertificates extends CertificateStore {
  held: CertificateNotice[] = [];

  override async list(): Promise<CertificateNotice[]> {
    return this.held;
  }
  override put = () => Promise.reject(new Error('not here'));
  override get = () => Promise.reject(new Error('not here'));
  override setRefused = () => Promise.reject(new Error('not here'));
}

let certificates: FakeCertificates;
let log: ReturnType<typeof recordingLog>;
let step: WatchCertificates;

beforeEach(() => {
  certificates = new FakeCertificates();
  log = recordingLog();
  step = new WatchCertificates(certificates, log);
});

function hold(days: number, refused?: string): void {
  certificates.held = [{ tenant: 'default', topic: 't', notAfter: new Date(start + days * DAY_MS), refused }];
}

async function said(atMs: number): Promise<string[]> {
  log.lines.length = 0;
  await step.run(new Date(start + atMs));
  return log.lines.map((line) => `${line.level}: ${line.text.split(';')[0]}`);
}

describe('a push certificate', () => {
  it('with more than 30 days left is no matter', async () => {
    hold(31);
    expect(await said(0)).toEqual([]);
  });

  it('is warned of at 30, 14, 7 and 1 days, and each day between, then called expired each hour', async () => {
    hold(30);
    expect(await said(0)).toEqual(['warn: a push certificate expires within 30 days']);
    expect(await said(HOUR_MS)).toEqual([]);
    expect(await said(DAY_MS + 1)).toEqual(['warn: a push certificate expires within 30 days']);
    expect(await said(16 * DAY_MS)).toEqual(['warn: a push certificate expires within 14 days']);
    expect(await said(23 * DAY_MS)).toEqual(['warn: a push certificate expires within 7 days']);
    expect(await said(29 * DAY_MS)).toEqual(['warn: a push certificate expires within a day']);
    expect(await said(30 * DAY_MS)).toEqual(['error: a push certificate has expired, its topic is not pushed to']);
    expect(await said(30 * DAY_MS + HOUR_MS - 1)).toEqual([]);
    expect(await said(30 * DAY_MS + HOUR_MS)).toEqual([
      'error: a push certificate has expired, its topic is not pushed to',
    ]);
  });

  it('that APNs refuses is an error, until it is replaced', async () => {
    hold(200, 'BadCertificate');
    expect(await said(0)).toEqual(['error: APNs refuses a push certificate, its topic is not pushed to']);
    expect(log.lines[0]?.keys).toMatchObject({ tenant: 'default', topic: 't', reason: 'BadCertificate' });
    hold(300);
    expect(await said(1)).toEqual([]);
    hold(300, 'BadCertificate');
    expect(await said(2)).toHaveLength(1);
  });
});
