import { advance } from './advance/advance.ts';
import { ddmAssign } from './ddm/assign.ts';
import { ddmSync } from './ddm/sync.ts';
import { dryRun } from './dry-run/dry-run.ts';
import { enqueue } from './enqueue/enqueue.ts';
import { enrollment } from './enrollment/enrollment.ts';
import { exchange } from './exchange/exchange.ts';
import { history } from './exchange/history.ts';
import { fanout } from './fanout/fanout.ts';
import { consume } from './messages/consume.ts';
import { publish } from './messages/publish.ts';
import type { BenchOptions, Report } from './options.ts';
import { push } from './push/push.ts';
import { signature } from './signature/signature.ts';

export type { BenchOptions, Report } from './options.ts';
export { type BenchResult, jsonLine } from './result.ts';

export interface Benchmark {
  /** For `--help`. */
  readonly summary: string;
  /** Throws when it could not be run. */
  run(options: BenchOptions): Promise<Report>;
}

export const benchmarks: Readonly<Record<string, Benchmark>> = {
  fanout: {
    summary: 'plan and fan-out until the command rows are committed, against a plain COPY of the same rows',
    run: fanout,
  },
  advance: {
    summary: 'updates moved on by what devices report, against bare upserts of the same rows in batches of 1,000',
    run: advance,
  },
  'dry-run': {
    summary: 'a fleet judged by a policy, against counting it by platform and version',
    run: dryRun,
  },
  exchange: {
    summary: 'Idle → command → Acknowledged → empty over TLS, against one statement per step and request',
    run: exchange,
  },
  history: {
    summary: 'the same exchange with ten nights of finished commands, against none',
    run: history,
  },
  enrollment: {
    summary: 'new devices in a fleet of a million, against one of ten thousand',
    run: enrollment,
  },
  enqueue: {
    summary: 'one command to a million devices, against a plain COPY of the same rows',
    run: enqueue,
  },
  'ddm-assign': {
    summary: 'the declarations of a million devices, given and changed, against a plain COPY of the same rows',
    run: ddmAssign,
  },
  'ddm-sync': {
    summary: 'tokens → items → declarations → status over TLS, against the exchange',
    run: ddmSync,
  },
  push: {
    summary: 'pushes to a simulated APNs, against a bare HTTP/2 loop; and with answers that take 50 ms',
    run: push,
  },
  signature: {
    summary: 'checks of Mdm-Signature, against the bare public-key operation; a library beside it',
    run: signature,
  },
  publish: {
    summary: "confirmed JetStream messages, against a bare window and the client library's publish",
    run: publish,
  },
  consume: {
    summary: 'validated and acknowledged JetStream messages, against a bare consumer',
    run: consume,
  },
};
