import type { Raster } from '../raster.ts'
import { hash32 } from './counter-hash.ts'

/** Colours, three numbers (0 to 255) each. */
export type Palette = Float32Array<ArrayBuffer>

/**
 * At most `colours` colours that stand for the picture's: k-means from seeds picked far apart (a sampled
 * "k-means++", Arthur and Vassilvitskii, 2007). Empty clusters are dropped.
 */
export function choosePalette(raster: Raster, colours: number, seed: number): Palette {
  let palette = spreadSeeds(raster, colours, seed)
  for (let round = 0; round < 5; round++) palette = moveToMeans(raster, palette)
  for (let i = 0; i < palette.length; i++) palette[i] = Math.round(palette[i]!)
  return palette
}

/** Each next colour is the candidate farthest from those chosen; candidates are sampled anew each time. */
function spreadSeeds({ rgb }: Raster, colours: number, seed: number): Palette {
  const pixels = rgb.length / 3
  const palette = new Float32Array(colours * 3)
  for (let chosen = 0; chosen < colours; chosen++) {
    let farthest = -1
    let best = 0
    for (let candidate = 0; candidate < 48; candidate++) {
      const p = (hash32(seed, chosen * 48 + candidate) % pixels) * 3
      const distance = chosen === 0 ? 0 : nearest(palette, chosen, rgb[p]!, rgb[p + 1]!, rgb[p + 2]!).distance
      if (distance > farthest) {
        farthest = distance
        best = p
      }
    }
    palette.set(rgb.subarray(best, best + 3), chosen * 3)
  }
  return palette
}

function moveToMeans({ rgb }: Raster, palette: Palette): Palette {
  const count = palette.length / 3
  const sums = new Float64Array(count * 4)
  for (let p = 0; p < rgb.length; p += 3) {
    const at = nearest(palette, count, rgb[p]!, rgb[p + 1]!, rgb[p + 2]!).index * 4
    sums[at]! += rgb[p]!
    sums[at + 1]! += rgb[p + 1]!
    sums[at + 2]! += rgb[p + 2]!
    sums[at + 3]!++
  }
  const means: number[] = []
  for (let at = 0; at < sums.length; at += 4) {
    const members = sums[at + 3]!
    if (members > 0) means.push(sums[at]! / members, sums[at + 1]! / members, sums[at + 2]! / members)
  }
  return Float32Array.from(means)
}

/** The palette's closest colour among its first `count`, with green weighed as the eye does. */
export function nearest(palette: Palette, count: number, r: number, g: number, b: number) {
  let index = 0
  let distance = Number.POSITIVE_INFINITY
  for (let i = 0, c = 0; i < count; i++, c += 3) {
    const dr = r - palette[c]!
    const dg = g - palette[c + 1]!
    const db = b - palette[c + 2]!
    const d = 3 * dr * dr + 6 * dg * dg + 2 * db * db
    if (d < distance) {
      distance = d
      index = i
    }
  }
  return { index, distance }
}
