import os from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { context, createNoopMeter, type MeterProvider, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { outageLog } from './outage-log.ts'
import { countLostSpans, lostSpans, setTracer } from './tracing.ts'

type TracingConfig = NonNullable<Config['tracing']>

export type TracesOptions = TracingConfig & {
  role: string
  version: string
  environment: string
  log: Pick<Logger, 'warn' | 'info'>
}

/** Spans that wait while the collector is slow or away; what ends beyond them is lost. About 2 KB each. */
const mostWaitingSpans = 4_096
const sendEveryMs = 1_000
const sendTimeoutMs = 5_000
/** A request of 512 spans each. More than one is under way only at the end, or when one outlives its timeout. */
const mostSendingRequests = 10
const closeTimeoutMs = 2_000
const longestAttribute = 1_024

/**
 * Takes traces in this process from now on, and sends them to a collector by OTLP over HTTP, with protobuf. Loaded only where
 * traces are wanted. Opened before whatever is to be traced. `close` gives what is not sent yet two seconds.
 */
export const openOtlpTraces = (options: TracesOptions): { close: () => Promise<void> } => {
  const { endpoint, headers, serviceName, role, version, environment, log } = options
  const exporter = new OTLPTraceExporter({
    url: endpoint,
    headers,
    timeoutMillis: sendTimeoutMs,
    concurrencyLimit: mostSendingRequests,
  })
  const processor = new BatchSpanProcessor({
    exporter: tellingOfOutages(exporter, log),
    maxQueueSize: mostWaitingSpans,
    scheduledDelayMillis: sendEveryMs,
    exportTimeoutMillis: 2 * sendTimeoutMs,
    selfObsMeterProvider: countingLosses(),
  })
  const provider = new TracerProvider({
    sampler: samplerOf(options),
    spanProcessors: [processor],
    spanLimits: { attributeValueLengthLimit: longestAttribute },
    resource: resourceFromAttributes({
      'service.name': serviceName ?? `backlot-${role}`,
      'service.version': version,
      'service.instance.id': `${os.hostname()}:${process.pid}`,
      'deployment.environment.name': environment,
      'backlot.role': role,
    }),
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  setTracer(provider.getTracer('backlot', version))
  return {
    close: async () => {
      setTracer(undefined)
      const late = delay(closeTimeoutMs, undefined, { ref: false })
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      context.disable()
      propagation.disable()
    },
  }
}

const samplerOf = ({ sampler, samplerShare }: TracingConfig): Sampler => {
  const on = new AlwaysOnSampler()
  const off = new AlwaysOffSampler()
  const some = new TraceIdRatioBasedSampler(samplerShare)
  return {
    always_on: on,
    always_off: off,
    traceidratio: some,
    parentbased_always_on: new ParentBasedSampler({ root: on }),
    parentbased_always_off: new ParentBasedSampler({ root: off }),
    parentbased_traceidratio: new ParentBasedSampler({ root: some }),
  }[sampler]
}

const tellingOfOutages = (exporter: SpanExporter, log: TracesOptions['log']): SpanExporter => {
  const outage = outageLog(log, 'trace collector')
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) outage.noteBack({ lostSpans: lostSpans() })
        else outage.noteAway(result.error)
        done(result)
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
}

/**
 * The batch processor tells how spans ended by a counter of its own, `otel.sdk.processor.span.processed`: those with an
 * `error.type` did not reach the collector (Semantic Conventions, OpenTelemetry SDK metrics).
 */
const countingLosses = (): MeterProvider => ({
  getMeter: () =>
    Object.assign(createNoopMeter(), {
      createCounter: () => ({
        add: (spans: number, attributes: object = {}) => {
          if ('error.type' in attributes) countLostSpans(spans)
        },
      }),
    }),
})
