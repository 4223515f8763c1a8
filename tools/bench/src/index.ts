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
