import type { Notifications } from './notifications.ts'

/** Hints about one key of a channel, merged: `next` says whether one came since the last call, or comes within the time. */
export class Hints {
  #hinted = false
  #wake: (() => void) | undefined
  readonly #signal: AbortSignal
  readonly #stop: (() => void)[]
  readonly #hint = () => {
    this.#hinted = true
    this.#wake?.()
  }

  /** @param signal what aborts the waiting too */
  constructor(notifications: Notifications, channel: string, key: string, signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#hint)
    this.#stop = [
      notifications.subscribe(channel, this.#hint, key),
      notifications.onGap('missed', this.#hint),
    ]
  }

  async next(timeoutMs: number): Promise<boolean> {
    if (!this.#hinted && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    const hinted = this.#hinted
    this.#hinted = false
    this.#wake = undefined
    return hinted
  }

  close() {
    this.#signal.removeEventListener('abort', this.#hint)
    for (const stop of this.#stop) stop()
  }
}
