/** A number of places, which may change. Who comes when all are taken waits in line. */
export class Places {
  readonly #capacity: () => number
  readonly #line = new Set<(entered: boolean) => void>()
  #taken = 0
  #closed = false

  constructor(capacity: () => number) {
    this.#capacity = capacity
  }

  /** Takes a place. Resolves with whether it got one: not after `patienceMs`, if given, nor once the places are closed. */
  async enter(patienceMs?: number): Promise<boolean> {
    if (this.#closed) return false
    if (this.#line.size === 0 && this.#taken < this.#capacity()) {
      this.#taken += 1
      return true
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#line.add(resolve)
    if (patienceMs === undefined) return promise
    const timer = setTimeout(() => {
      this.#line.delete(resolve)
      resolve(false)
    }, patienceMs)
    return promise.finally(() => clearTimeout(timer))
  }

  leave(): void {
    this.#taken -= 1
    for (const enter of this.#line) {
      if (this.#taken >= this.#capacity()) return
      this.#line.delete(enter)
      this.#taken += 1
      enter(true)
    }
  }

  /** Resolves when there is a place, or once the places are closed. */
  async room(): Promise<void> {
    if (await this.enter()) this.leave()
  }

  /** Nobody enters any more. */
  close(): void {
    this.#closed = true
    for (const enter of this.#line) enter(false)
    this.#line.clear()
  }
}
