/** Preloaded before a service (`node --import ./dist/otel.mjs ./dist/main.mjs`), so that tracing is on from the first line. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { ChosenIds } from './span-ids.ts';

const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

// Without a collector there is no SDK: spans then cost nothing.
if (endpoint !== undefined && endpoint !== '' && process.env['OTEL_SDK_DISABLED'] !== 'true') {
  const sdk = new NodeSDK({
    serviceName: process.env['OTEL_SERVICE_NAME'] ?? process.env['LAMP_SERVICE'] ?? 'lamplighter',
    autoDetectResources: false,
    // Whether a device-update is traced was decided at its root and travels in the traceparent.
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 1000 })],
    idGenerator: ChosenIds.shared,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  (globalThis as { lampTelemetry?: { shutdown(): Promise<void> } }).lampTelemetry = sdk;
}
