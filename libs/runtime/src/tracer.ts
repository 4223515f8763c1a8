import { isSampled } from '@lamplighter/contracts';
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { ChosenIds } from './span-ids.ts';

export interface SpanOptions {
  /** The span's parent. Without one, or with an unsampled one, there is no span. */
  traceparent?: string | null | undefined;
  attributes?: Attributes | undefined;
  /** traceparents of other traces that this span belongs with. */
  links?: readonly (string | null | undefined)[] | undefined;
}

export interface RecordedSpan extends SpanOptions {
  /** Real epoch milliseconds. */
  startMs: number;
  endMs: number;
  /** Marks the span as failed, in words without secrets. */
  error?: string | undefined;
}

/** Hand-written spans: one per step, named for its file. Times are real ones, whatever LAMP_CLOCK says. */
export class Tracer {
  private readonly tracer = trace.getTracer('lamplighter');

  /** Runs `fn` inside a span. An error marks the span and is thrown on. */
  async span<T>(name: string, options: SpanOptions, fn: () => Promise<T>): Promise<T> {
    if (!isSampled(options.traceparent)) return fn();
    const span = this.start(name, options, undefined);
    try {
      return await fn();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  /** A span after the fact: for batches, where each sampled item gets the batch's times. */
  record(name: string, options: RecordedSpan): void {
    if (!isSampled(options.traceparent)) return;
    const span = this.start(name, options, options.startMs);
    if (options.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: options.error });
    span.end(options.endMs);
  }

  /** The root of a device-update's trace: takes its ids from `derived` (`derivedTraceparent` of contracts). */
  rootSpan(derived: string, name: string, options: Omit<RecordedSpan, 'traceparent'>): void {
    if (!isSampled(derived)) return;
    const { traceId, spanId } = contextOf(derived);
    const span = ChosenIds.shared.use({ traceId, spanId }, () =>
      this.tracer.startSpan(name, { ...spanOptions(options), startTime: options.startMs, root: true }, ROOT_CONTEXT),
    );
    span.end(options.endMs);
  }

  private start(name: string, options: SpanOptions, startMs: number | undefined): Span {
    const parent: Context = trace.setSpanContext(ROOT_CONTEXT, contextOf(options.traceparent!));
    return this.tracer.startSpan(
      name,
      { ...spanOptions(options), ...(startMs === undefined ? {} : { startTime: startMs }) },
      parent,
    );
  }
}

function spanOptions(options: Omit<SpanOptions, 'traceparent'>): { attributes?: Attributes; links: Link[] } {
  const links = (options.links ?? []).filter((link) => link !== null && link !== undefined);
  return {
    ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
    links: links.map((link) => ({ context: contextOf(link) })),
  };
}

function contextOf(traceparent: string): SpanContext {
  const [, traceId, spanId, flags] = traceparent.split('-');
  return {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: flags === '01' ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
}
