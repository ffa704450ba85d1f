import { isInfrastructureError } from './infrastructure-error.ts'

type Waiting<Item, Outcome> = PromiseWithResolvers<Outcome> & { item: Item }

/**
 * Makes one statement out of many writes. What is asked for on behalf of the same `owner` while a batch is under way goes with
 * the next one, `mostItems` at a time: at rest nothing waits longer than a turn of the event loop, and batches grow with the load.
 *
 * `write` answers in the order of its items. Where it refuses a batch, it is asked again for each half, so that only the
 * item at fault fails; a database that is away fails all of them at once.
 */
export const inBatches = <Owner extends object, Item, Outcome>(
  mostItems: number,
  write: (owner: Owner, items: Item[]) => Promise<Outcome[]>,
) => {
  const lines = new WeakMap<Owner, Waiting<Item, Outcome>[]>()

  const settle = async (owner: Owner, batch: Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const outcomes = await write(
        owner,
        batch.map(({ item }) => item),
      )
      for (const [at, { resolve }] of batch.entries()) resolve(outcomes[at] as Outcome)
    } catch (error) {
      if (batch.length === 1 || isInfrastructureError(error)) {
        for (const { reject } of batch) reject(error)
        return
      }
      const half = Math.ceil(batch.length / 2)
      await settle(owner, batch.slice(0, half))
      await settle(owner, batch.slice(half))
    }
  }

  const work = async (owner: Owner, line: Waiting<Item, Outcome>[]) => {
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (line.length > 0) await settle(owner, line.splice(0, mostItems))
    lines.delete(owner)
  }

  return (owner: Owner, item: Item): Promise<Outcome> => {
    const waiting = { item, ...Promise.withResolvers<Outcome>() }
    const line = lines.get(owner)
    if (line === undefined) {
      const started = [waiting]
      lines.set(owner, started)
      void work(owner, started)
    } else line.push(waiting)
    return waiting.promise
  }
}
