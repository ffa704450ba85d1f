import { SpanKind } from '@opentelemetry/api'
import { beginSpan, endingSpan, inSpan } from '../observability/tracing.ts'
import type { JobOutcome } from './define-job.ts'
import type { ChangedJob } from './transitions.ts'

/** The names of Semantic Conventions, Messaging spans. */
const attributesOf = (operation: 'send' | 'process', { type, queue }: { type: string; queue: string }) => ({
  'messaging.system': 'backlot',
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
  'messaging.destination.name': queue,
  'backlot.job.type': type,
})

/** The span that a job's attempts are children of. */
export const inSendSpan = <T>(job: { type: string; queue: string }, send: () => Promise<T>): Promise<T> =>
  inSpan(`send ${job.type}`, { kind: SpanKind.PRODUCER, attributes: attributesOf('send', job) }, send)

/** One attempt at a job, in the trace of who asked for it: retries are further spans there, however much later. */
export const inProcessSpan = async (job: ChangedJob, run: () => Promise<JobOutcome>): Promise<JobOutcome> => {
  const attributes = {
    ...attributesOf('process', job),
    'messaging.message.id': job.id,
    'backlot.job.attempt': job.attempt,
  }
  const begun = beginSpan(`process ${job.type}`, { kind: SpanKind.CONSUMER, attributes }, job)
  if (begun === undefined) return run()
  return endingSpan(begun.span, begun.context, async () => {
    const outcome = await run()
    begun.span.setAttribute('backlot.job.outcome', outcome.outcome)
    return outcome
  })
}
