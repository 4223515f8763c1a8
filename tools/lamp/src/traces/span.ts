import { z } from 'zod';

/** One finished span, as kept in a line of `traces/spans.jsonl`. Times are epoch milliseconds with fractions. */
export const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  service: z.string(),
  name: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  /** True when the span's status is an error. */
  isError: z.boolean(),
  attributes: z.record(z.string(), z.unknown()),
  /** Trace ids of its links. */
  links: z.array(z.string()),
});

export type Span = z.infer<typeof Span>;

const Value = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  arrayValue: z.unknown().optional(),
});
const Attributes = z.array(z.object({ key: z.string(), value: Value }));

const OtlpSpan = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.union([z.string(), z.number()]),
  endTimeUnixNano: z.union([z.string(), z.number()]),
  attributes: Attributes.default([]),
  status: z.object({ code: z.number().optional() }).optional(),
  links: z.array(z.object({ traceId: z.string() })).default([]),
});

/** The part of an OTLP/HTTP JSON export that is kept (https://opentelemetry.io/docs/specs/otlp/). */
const OtlpExport = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes: Attributes.default([]) }).optional(),
        scopeSpans: z.array(z.object({ spans: z.array(OtlpSpan).default([]) })).default([]),
      }),
    )
    .default([]),
});

/** The spans of an export; throws on a body that is not one. */
export function spansOf(body: unknown): Span[] {
  const spans: Span[] = [];
  for (const { resource, scopeSpans } of OtlpExport.parse(body).resourceSpans) {
    const service = String(attributesOf(resource?.attributes ?? [])['service.name'] ?? 'unknown');
    for (const scope of scopeSpans) for (const span of scope.spans) spans.push(toSpan(service, span));
  }
  return spans;
}

function toSpan(service: string, span: z.infer<typeof OtlpSpan>): Span {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && span.parentSpanId !== '' && { parentSpanId: span.parentSpanId }),
    service,
    name: span.name,
    startMs: toMs(span.startTimeUnixNano),
    endMs: toMs(span.endTimeUnixNano),
    isError: span.status?.code === 2,
    attributes: attributesOf(span.attributes),
    links: span.links.map((link) => link.traceId),
  };
}

function toMs(nanos: string | number): number {
  return Number(BigInt(nanos) / 1000n) / 1000;
}

function attributesOf(list: z.infer<typeof Attributes>): Record<string, unknown> {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.intValue ?? value.doubleValue ?? value.arrayValue,
    ]),
  );
}
