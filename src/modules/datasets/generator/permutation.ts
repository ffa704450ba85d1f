import { type Key, mix32 } from './counter-hash.ts'

const rounds = 4
const half = 2 ** 26

/**
 * A pseudo-random permutation of the whole numbers from 0 up to and without `size` (2^52 at most): different inputs give
 * different outputs, without a table.
 * Source: Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (CT-RSA 2002): a Feistel network on the next power
 * of four, walked until it falls into the range, which takes four steps at most on average.
 */
export const permutation = (key: Key, size: number): ((index: number) => number) => {
  if (size > half * half) throw new RangeError('A permutation has 2^52 places at most')
  if (size <= 2) return (index) => (size === 2 ? index ^ (key.a & 1) : index)
  let bits = 1
  while (4 ** bits < size) bits += 1
  const side = 2 ** bits
  const mask = side - 1
  const keys = Array.from({ length: rounds }, (_, round) => mix32(key.a + Math.imul(round, key.b | 1)))
  return (index) => {
    let value = index
    do {
      let left = Math.floor(value / side)
      let right = value - left * side
      for (let round = 0; round < rounds; round += 1) {
        const next = left ^ (mix32(right ^ (keys[round] as number)) & mask)
        left = right
        right = next
      }
      value = left * side + right
    } while (value >= size)
    return value
  }
}
