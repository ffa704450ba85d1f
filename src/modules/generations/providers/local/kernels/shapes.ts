import type { Raster } from '../raster.ts'

type Colour = readonly [number, number, number]

/** Mixes a colour over one pixel, which must lie inside; `cover` is 0 to 1. */
export function blendPixel(
  { rgb, width }: Raster,
  x: number,
  y: number,
  colour: Colour,
  cover: number,
): void {
  const p = (y * width + x) * 3
  rgb[p] = rgb[p]! + (colour[0] - rgb[p]!) * cover
  rgb[p + 1] = rgb[p + 1]! + (colour[1] - rgb[p + 1]!) * cover
  rgb[p + 2] = rgb[p + 2]! + (colour[2] - rgb[p + 2]!) * cover
}

/** A disc with smooth edges; `softPx` widens the edge into a fade. */
export function fillDisc(
  raster: Raster,
  disc: { x: number; y: number; radius: number; softPx?: number },
  colour: Colour,
  cover = 1,
): void {
  const soft = disc.softPx ?? 1
  const reach = disc.radius + soft / 2
  const top = Math.max(0, Math.ceil(disc.y - reach))
  const bottom = Math.min(raster.height - 1, Math.floor(disc.y + reach))
  const left = Math.max(0, Math.ceil(disc.x - reach))
  const right = Math.min(raster.width - 1, Math.floor(disc.x + reach))
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const inside = (reach - Math.hypot(x - disc.x, y - disc.y)) / soft
      if (inside > 0) blendPixel(raster, x, y, colour, inside >= 1 ? cover : cover * inside)
    }
  }
}

/** The pixels of row `y` from `from` to `to`, with smooth ends. */
export function fillSpan(
  raster: Raster,
  y: number,
  from: number,
  to: number,
  colour: Colour,
  cover = 1,
): void {
  if (y < 0 || y >= raster.height) return
  const left = Math.max(0, Math.floor(from))
  const right = Math.min(raster.width - 1, Math.ceil(to) - 1)
  for (let x = left; x <= right; x++) {
    const overlap = Math.min(x + 1, to) - Math.max(x, from)
    if (overlap > 0) blendPixel(raster, x, y, colour, cover * overlap)
  }
}
