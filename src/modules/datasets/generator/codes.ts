import type { ByteSink } from '../../../platform/rows/byte-sink.ts'
import { draw32, type Key } from './counter-hash.ts'
import type { Producer } from './field-type.ts'
import { permutation } from './permutation.ts'

/** A code: for each character those that it can be, and what puts its check digits in once the others stand. */
export type Code = { places: readonly Buffer[]; finish?: (sink: ByteSink, start: number) => void }

const most = 2 ** 52
const digits = Buffer.from('0123456789')
const letters = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const alphabets: Record<string, Buffer> = {
  n: digits,
  a: letters,
  c: Buffer.concat([digits, letters]),
}

/** In `pattern`, as in the registry of IBANs, `n` is a digit, `a` a capital letter, `c` either; all else stands for itself. */
export const placesOf = (pattern: string): Buffer[] =>
  Array.from(pattern, (character) => alphabets[character] ?? Buffer.from(character))

/** How many places of a code, from its first, an index of less than 2^52 can name, and how many codes those are. */
const namedPlaces = (places: readonly Buffer[], limit: number) => {
  let size = 1
  let count = 0
  for (const { length } of places) {
    if (size * length > limit) break
    size *= length
    count += 1
  }
  return { size, count }
}

/**
 * All codes of some kinds, each kind equally often. Where there are more than 2^52, the index names the first places, and
 * the others are random.
 * @param longest bytes of a code, check digits included
 */
export const codeList = (codes: readonly Code[], key: Key, longest: number): Producer & { kind: 'list' } => {
  const named = codes.map(({ places }) => namedPlaces(places, Math.floor(most / codes.length)))
  const perKind = Math.min(...named.map(({ size }) => size))
  // Without it, a kind that has more codes than another would only show those with the lowest numbers.
  const shuffles = named.map(({ size }) => (size === perKind ? undefined : permutation(key, size)))
  return {
    kind: 'list',
    columnType: 'text',
    plain: true,
    maxBytes: longest,
    size: perKind * codes.length,
    write: (index, sink) => {
      const within = Math.floor(index / codes.length)
      const kind = index - within * codes.length
      const { places, finish } = codes[kind] as Code
      const number = shuffles[kind]?.(within) ?? within
      const start = sink.at
      writePlaces(sink, places, { number, count: named[kind]?.count ?? 0, key, salt: index >>> 0 })
      finish?.(sink, start)
    },
  }
}

/** The first `count` places spell `number`; the others come from `salt`. */
const writePlaces = (
  sink: ByteSink,
  places: readonly Buffer[],
  { number, count, key, salt }: { number: number; count: number; key: Key; salt: number },
): void => {
  const { bytes, at } = sink
  let rest = number
  for (let index = 0; index < places.length; index += 1) {
    const alphabet = places[index] as Buffer
    const size = alphabet.length
    let letter = 0
    if (index >= count) letter = Math.floor(draw32(key, salt, index) * size * 2 ** -32)
    else if (size > 1) {
      const quotient = Math.floor(rest / size)
      letter = rest - quotient * size
      rest = quotient
    }
    bytes[at + index] = alphabet[letter] as number
  }
  sink.at = at + places.length
}
