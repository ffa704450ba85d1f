import type { QueueStore } from '../platform/jobs/queue-engine.ts'

/** A dispatcher asks every two seconds, and has its answer or an error within seconds. */
const stuckAfterMs = 60_000

/** Notes when the dispatcher, which asks the queue engine at every sweep whether it is still the same, was last answered. */
export class DispatcherProgress {
  #answeredAt = performance.now()

  noteIn(store: QueueStore): QueueStore {
    return {
      ...store,
      findIncarnation: () =>
        store.findIncarnation().finally(() => {
          this.#answeredAt = performance.now()
        }),
    }
  }

  isStuck(): boolean {
    return performance.now() - this.#answeredAt > stuckAfterMs
  }
}
