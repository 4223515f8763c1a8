import { describe, expect, it } from '@jest/globals';
import { describeCosts } from './costs.ts';

describe('what a demo cost', () => {
  const text = describeCosts(
    {
      enroll: { cpu: { 'command-queue': 1, database: 3, fleet: 90 }, walBytes: 10_000 },
      night: { cpu: { 'command-queue': 2, database: 6, fleet: 80 }, walBytes: 40_000 },
      peakMiB: { 'command-queue': 301, fleet: 1_200 },
      disk: { command_queue: 70_000, broker: 20_000 },
    },
    1_000,
  );

  it('is told for each device, without what the simulated devices take themselves', () => {
    expect(text).toMatch(/CPU without the fleet\s+4 s enrolling, 8 s the night/);
    expect(text).toMatch(/a device\s+4.00 ms enrolling, 8.00 ms the night/);
    expect(text).toMatch(/write-ahead log\s+10 bytes a device enrolling, 40 bytes a device the night/);
    expect(text).toMatch(/disk: command_queue\s+70 bytes a device/);
  });

  it('is told for each process, with its memory where it has one of its own', () => {
    expect(text).toMatch(/command-queue\s+1\.0\s+2\.0\s+2\.00\s+301/);
    expect(text).toMatch(/database\s+3\.0\s+6\.0\s+6\.00$/m);
  });
});
