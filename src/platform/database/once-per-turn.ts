/**
 * Makes one piece of work out of many: what is asked for on behalf of the same `owner` in one turn of the event loop goes to
 * `work` together, and everybody gets its outcome.
 */
export const oncePerTurn = <Owner extends object, Item, Outcome>(
  work: (owner: Owner, items: Set<Item>) => Promise<Outcome>,
) => {
  const gathering = new WeakMap<Owner, { items: Set<Item>; outcome: Promise<Outcome> }>()
  const gather = (owner: Owner) => {
    const items = new Set<Item>()
    const endOfTurn = new Promise<void>((resolve) => setImmediate(resolve))
    const outcome = endOfTurn.then(() => {
      gathering.delete(owner)
      return work(owner, items)
    })
    const gathered = { items, outcome }
    gathering.set(owner, gathered)
    return gathered
  }
  return (owner: Owner, item: Item): Promise<Outcome> => {
    const { items, outcome } = gathering.get(owner) ?? gather(owner)
    items.add(item)
    return outcome
  }
}
