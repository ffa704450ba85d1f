import { hash32 } from '../kernels/counter-hash.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import type { Raster } from '../raster.ts'
import type { Rgb } from './read-prompt.ts'

export type Ridge = {
  /** Height of the ridge's foot, in pixels from the top. */
  baseY: number
  /** How far the ridge rises above it, in pixels. */
  risePx: number
  /** Jagged rock, rounded hills or swept dunes. */
  shape: 'peaks' | 'hills' | 'dunes'
  colour: Rgb
  /** What the ridge fades into towards its foot, and how much of it lies over the ridge (0 to 1). */
  haze: Rgb
  hazeShare: number
  /** Colour of the snow above the snow line, if there is one. */
  snow?: Rgb
  seed: number
}

/** Paints a ridge over what is behind it, down to the bottom, and returns its height (y) at each column. */
export function paintRidge(raster: Raster, ridge: Ridge, lightFromLeft: boolean): Float32Array {
  const { width, height } = raster
  const top = outline(width, ridge)
  const first = Math.max(0, Math.floor(Math.min(...top)))
  const rows = height - first
  if (rows <= 0) return top
  const reliefCell = width * (ridge.shape === 'peaks' ? 0.11 : ridge.shape === 'dunes' ? 0.5 : 0.05)
  const aspect = ridge.shape === 'peaks' ? 1.4 : 0.22
  const octaves = ridge.shape === 'dunes' ? 3 : 5
  const relief = smoothNoise(width, rows, {
    seed: hash32(ridge.seed, 9),
    cellPx: reliefCell,
    octaves,
    aspect,
  })
  if (ridge.shape === 'peaks') fold(relief)
  const grain = ridge.shape === 'dunes' ? 0.8 : ridge.shape === 'peaks' ? 2.2 : 0.7
  const crestLight = ridge.shape === 'dunes' ? 0.06 : 0
  const crest = Float32Array.from(
    { length: 256 },
    (_, y) => crestLight * Math.exp(-y / (ridge.risePx * 0.35 + 1)),
  )
  const step = (lightFromLeft ? -1 : 1) * Math.max(1, Math.round(width / 340))
  for (let y = first; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const below = y + 1 - top[x]!
      if (below <= 0) continue
      const i = (y - first) * width + x
      const towards = (y - first) * width + Math.max(0, Math.min(width - 1, x + step))
      const slope =
        (top[Math.max(0, Math.min(width - 1, x + step))]! - top[x]!) * crest[Math.min(255, below | 0)]!
      const shade = Math.max(
        0.35,
        Math.min(1.5, 1 + (relief[i]! - relief[towards]!) * grain + relief[i]! * 0.16 + slope),
      )
      paintGround(raster, ridge, x, y, below, shade, relief[i]!)
    }
  }
  return top
}

function outline(width: number, ridge: Ridge): Float32Array {
  const wide = { peaks: 0.34, hills: 0.6, dunes: 0.75 }[ridge.shape]
  const octaves = { peaks: 7, hills: 4, dunes: 3 }[ridge.shape]
  const noise = smoothNoise(width, 1, { seed: hash32(ridge.seed, 1), cellPx: width * wide, octaves })
  const fine = smoothNoise(width, 1, { seed: hash32(ridge.seed, 2), cellPx: width * 0.012, octaves: 2 })
  return Float32Array.from(noise, (value, x) => {
    const rise = ridge.shape === 'peaks' ? 1 - 1.5 * Math.abs(value) : 0.5 + value / 2
    return ridge.baseY - ridge.risePx * (rise + (ridge.shape === 'dunes' ? 0 : fine[x]! * 0.03))
  })
}

/** Turns noise into creases, as water cuts them into rock. */
function fold(relief: Float32Array): void {
  for (let i = 0; i < relief.length; i++) relief[i] = 0.5 - 1.6 * Math.abs(relief[i]!)
}

function paintGround(
  raster: Raster,
  ridge: Ridge,
  x: number,
  y: number,
  below: number,
  shade: number,
  relief: number,
): void {
  const { rgb, width } = raster
  const p = (y * width + x) * 3
  const up = (ridge.baseY - y) / ridge.risePx
  const snow = ridge.snow && up + relief * 0.35 > 0.5 ? ridge.snow : undefined
  const fade =
    ridge.hazeShare + (1 - ridge.hazeShare) * 0.5 * Math.max(0, Math.min(1, below / (ridge.risePx * 1.1)))
  const haze = ridge.hazeShare === 0 ? 0 : fade
  const edge = below < 1 ? below : 1
  for (let c = 0; c < 3; c++) {
    const own = (snow ?? ridge.colour)[c]! * (snow ? 0.35 + 0.65 * shade : shade)
    const seen = own + (ridge.haze[c]! - own) * haze
    rgb[p + c] = rgb[p + c]! + (seen - rgb[p + c]!) * edge
  }
}
