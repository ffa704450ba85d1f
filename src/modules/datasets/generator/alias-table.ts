import { drawBelow, drawPreciseFraction, type Key } from './counter-hash.ts'

/**
 * Draws the place of one of the weights, each as often as its share of their sum, in the same time for any number of them.
 * @param weights at least one, all 0 or more, not all 0
 * Source: M. D. Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution" (1991): each column holds
 * one value up to a limit and one other above it.
 */
export const aliasTable = (weights: number[]): ((key: Key, row: number) => number) => {
  const size = weights.length
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const limits = Float64Array.from(weights, (weight) => (weight / sum) * size)
  const others = Uint32Array.from(weights.keys())
  const small: number[] = []
  const large: number[] = []
  for (const [place, limit] of limits.entries()) (limit < 1 ? small : large).push(place)
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number
    const high = large.at(-1) as number
    others[low] = high
    limits[high] = (limits[high] as number) - (1 - (limits[low] as number))
    if ((limits[high] as number) < 1) small.push(large.pop() as number)
  }
  // What is left differs from 1 by rounding alone; a weight of 0 is never left before the others.
  for (const place of [...small, ...large]) limits[place] = 1
  return (key, row) => {
    const column = drawBelow(key, row, size)
    return drawPreciseFraction(key, row, 1) < (limits[column] as number) ? column : (others[column] as number)
  }
}
