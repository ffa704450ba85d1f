/**
 * A uint32 for every counter, uniform and without state, so that any pixel can be drawn in any order and the same seed
 * always gives the same picture. The mixing steps are "lowbias32" (Chris Wellons, nullprogram.com/blog/2018/07/31).
 */
export function hash32(seed: number, counter: number): number {
  let h = Math.imul(counter, 0x9e3779b1) ^ seed
  h ^= h >>> 16
  h = Math.imul(h, 0x7feb352d)
  h ^= h >>> 15
  h = Math.imul(h, 0x846ca68b)
  h ^= h >>> 16
  return h >>> 0
}

/** `hash32` as a fraction in [0, 1). */
export function hashFraction(seed: number, counter: number): number {
  return hash32(seed, counter) / 0x1_0000_0000
}

/** FNV-1a over a text's UTF-16 units: a stable number for a word. */
export function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
