import { createHash } from 'node:crypto'

/** Names one stream of random numbers: two 32-bit words. */
export type Key = { a: number; b: number }

/** The key of whatever `parts` name. Different parts give unrelated streams; the same parts always the same. */
export const keyOf = (...parts: string[]): Key => {
  const hash = createHash('sha256')
  // Length first, so that ('ab', 'c') and ('a', 'bc') differ.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  const digest = hash.digest()
  return { a: digest.readUInt32LE(0), b: digest.readUInt32LE(4) }
}

/**
 * A bijection of 32-bit words in which each input bit changes each output bit with a probability near one half.
 * Source: `triple32` of Chris Wellons' Hash Prospector (nullprogram.com/blog/2018/07/31).
 */
export const mix32 = (word: number): number => {
  let x = word
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb)
  x = Math.imul(x ^ (x >>> 11), 0xac4c1b51)
  x = Math.imul(x ^ (x >>> 15), 0x31848bab)
  return (x ^ (x >>> 14)) >>> 0
}

/**
 * The random word number `n` (0 to 2^16) of a row: uniform over the 2^32 unsigned words, and a function of its arguments alone, so
 * that any row can be made without those before it.
 */
export const draw32 = (key: Key, row: number, n = 0): number =>
  mix32(mix32((row ^ key.a) + Math.imul(n, 0x9e3779b9)) ^ key.b)

const perWord = 2 ** -32

/** A random number from 0 up to and without 1, in steps of 2^-32. */
export const drawFraction = (key: Key, row: number, n = 0): number => draw32(key, row, n) * perWord

/** The same in steps of 2^-53. Takes the words 2n and 2n + 1. */
export const drawPreciseFraction = (key: Key, row: number, n = 0): number =>
  ((draw32(key, row, 2 * n) >>> 5) * 2 ** 26 + (draw32(key, row, 2 * n + 1) >>> 6)) * 2 ** -53

/** A random whole number from 0 up to and without `size`, which is 2^53 at most. Takes the words 2n and 2n + 1. */
export const drawBelow = (key: Key, row: number, size: number, n = 0): number =>
  size <= 0x10000
    ? Math.floor(draw32(key, row, 2 * n) * (size * perWord))
    : Math.floor(drawPreciseFraction(key, row, n) * size)
