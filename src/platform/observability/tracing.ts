import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'

/** Undefined while no traces are taken. Then nothing here costs more than to see that. */
let tracer: Tracer | undefined

let lost = 0

/** Spans that did not reach the collector since the process began. */
export const lostSpans = (): number => lost

export const countLostSpans = (count: number): void => {
  lost += count
}

/** Given by who opens the way to the collector, before anything else of the process opens. */
export const setTracer = (given: Tracer | undefined): void => {
  tracer = given
}

export const isTracing = (): boolean => tracer !== undefined

/**
 * Begins the span of something that came from outside, as part of the trace that `carrier` names in its `traceparent`
 * (W3C Trace Context, 3.2), else of a new one. The caller runs the work in `context`, and ends `span`.
 */
export const beginSpan = (
  name: string,
  options: SpanOptions,
  carrier: object,
): { span: Span; context: Context } | undefined => {
  if (tracer === undefined) return undefined
  const parent = propagation.extract(ROOT_CONTEXT, carrier)
  const span = tracer.startSpan(name, options, parent)
  return { span, context: trace.setSpan(parent, span) }
}

/** Whether the work that is going on is part of a trace that is kept. */
export const isTraced = (): boolean => tracer !== undefined && trace.getActiveSpan()?.isRecording() === true

/** Runs a piece of the work that is going on in a span of its own, if that work is traced. */
export const inSpan = <T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> => {
  if (tracer === undefined || !isTraced()) return work()
  const span = tracer.startSpan(name, options)
  return endingSpan(span, trace.setSpan(context.active(), span), work)
}

/** Runs work and ends its span, which tells how it failed if it does. */
export const endingSpan = async <T>(span: Span, within: Context, work: () => Promise<T>): Promise<T> => {
  try {
    return await context.with(within, work)
  } catch (error) {
    noteFailure(span, error)
    throw error
  } finally {
    span.end()
  }
}

/** For an error that does not leave the work whose span is the active one. */
export const noteFailureOfActiveSpan = (error: unknown): void => {
  const span = trace.getActiveSpan()
  if (span !== undefined) noteFailure(span, error)
}

/** By code or class alone: messages may hold what people wrote. They are in the log, with the id of the trace. */
const noteFailure = (span: Span, error: unknown): void => {
  span.setAttribute('error.type', typeOf(error))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

const typeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** Names the work that is going on to who continues it elsewhere. Undefined while no traces are taken. */
export const currentTraceparent = (): string | undefined => {
  if (tracer === undefined) return undefined
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** What a line of the log says of the trace that it belongs to, by the names of OpenTelemetry's JSON logs. */
export const traceOfLogLine = (): { trace_id?: string; span_id?: string } => {
  const at = trace.getActiveSpan()?.spanContext()
  if (at === undefined || (at.traceFlags & TraceFlags.SAMPLED) === 0) return {}
  return { trace_id: at.traceId, span_id: at.spanId }
}
