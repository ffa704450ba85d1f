import { expect, vi } from 'vitest'
import type { CollectedSpan, OtlpCollector } from '../fakes/otlp-collector.ts'

export const patience = { timeout: 10_000, interval: 50 }
export const clientSpanId = '00000000000000ff'

export const ancestorsOf = (spans: CollectedSpan[], { parentId }: CollectedSpan): string[] => {
  const parent = spans.find(({ id }) => id === parentId)
  return parent === undefined ? [] : [parent.name, ...ancestorsOf(spans, parent)]
}

let traces = 0

/** As a client begins a trace of its own, which it says is kept, or is not. */
export const newTrace = (collector: OtlpCollector, { isKept = true } = {}) => {
  traces += 1
  const traceId = String(traces).padStart(32, 'a')
  const spans = () => collector.spans.filter((span) => span.traceId === traceId)
  return {
    traceId,
    header: { traceparent: `00-${traceId}-${clientSpanId}-${isKept ? '01' : '00'}` },
    spans,
    /** The first span of this name, once it is there. */
    span: (name: string): Promise<CollectedSpan> =>
      vi.waitFor(
        () => spans().find((span) => span.name === name) ?? expect.fail(`No span ${name}`),
        patience,
      ),
    /** Waits until there is a span of this name with these ancestors, the nearest one first. */
    spanUnder: (name: string, ancestors: string[]): Promise<CollectedSpan> =>
      vi.waitFor(() => {
        const named = spans().filter((span) => span.name === name)
        const lines = named.map((span) => ancestorsOf(spans(), span))
        expect(lines).toContainEqual(ancestors)
        return named.find((_, at) => lines[at]?.join() === ancestors.join()) ?? expect.fail()
      }, patience),
  }
}
