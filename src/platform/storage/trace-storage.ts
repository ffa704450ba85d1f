import { SpanKind, type SpanOptions } from '@opentelemetry/api'
import { inSpan, isTracing } from '../observability/tracing.ts'
import type { Storage } from './storage.ts'

/** Gives each use of a storage that moves bytes, or asks another machine, a span. That of `read` ends when the bytes begin. */
export const traceStorage = (storage: Storage, system: 'disk' | 's3'): Storage => {
  if (!isTracing()) return storage
  const options: SpanOptions = {
    kind: system === 's3' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    attributes: { 'backlot.storage.system': system },
  }
  const { put, take, head, read, openLocally, delete: remove } = storage
  return {
    ...storage,
    put: (...given) => inSpan('storage put', options, () => put(...given)),
    take: (...given) => inSpan('storage take', options, () => take(...given)),
    head: (...given) => inSpan('storage head', options, () => head(...given)),
    read: (...given) => inSpan('storage read', options, () => read(...given)),
    openLocally: (...given) => inSpan('storage open', options, () => openLocally(...given)),
    delete: (...given) => inSpan('storage delete', options, () => remove(...given)),
  }
}
