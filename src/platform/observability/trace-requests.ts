import { type Context, context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { FastifyRequest } from 'fastify'
import type { App } from '../http/http-server.ts'
import { answeredStatus } from './request-log.ts'
import { beginSpan, isTracing } from './tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    traced: { span: Span; context: Context } | undefined
  }
}

/** Asked every few seconds by machines. */
const isProbe = (url: string) => /^\/(health|metrics)([/?]|$)/.test(url)

/**
 * Gives each request a span, in the trace of its `traceparent` header if it has one. The names are those of Semantic
 * Conventions, HTTP server spans. Registered before every other hook, so that all of them run within; Fastify itself stays
 * within while a body arrives.
 */
export const traceRequests = (app: App): void => {
  if (!isTracing()) return
  app.decorateRequest('traced', undefined)
  app.addHook('onRequest', (request, _reply, done) => {
    if (!isProbe(request.url)) request.traced = begin(request)
    within(request, done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { span } = request.traced ?? {}
    const status = answeredStatus(reply)
    span?.setAttribute('http.response.status_code', status)
    if (status >= 500)
      span?.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
    within(request, done)
  })
}

const within = ({ traced }: FastifyRequest, done: () => void): void =>
  traced === undefined ? done() : context.with(traced.context, done)

const begin = (request: FastifyRequest) => {
  const { method, headers } = request
  const route = request.routeOptions.url
  const name = route === undefined ? method : `${method} ${route}`
  const begun = beginSpan(name, { kind: SpanKind.SERVER }, headers)
  if (begun?.span.isRecording() !== true) return begun
  begun.span.setAttributes({
    'http.request.method': method,
    'url.scheme': request.protocol,
    'backlot.request.id': request.id,
    // And no `url.path` or `url.query`: both may hold signatures, tokens, or a key that somebody put where an id goes.
    ...(route !== undefined && { 'http.route': route }),
  })
  return begun
}
