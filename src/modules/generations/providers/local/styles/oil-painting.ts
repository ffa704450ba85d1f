import { type Canvas, paintStroke } from '../kernels/brush-strokes.ts'
import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { type Directions, edgeDirections } from '../kernels/edge-directions.ts'
import { lumaOf } from '../kernels/luma.ts'
import { averageBlocks } from '../kernels/resample.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

/** One pass over the canvas with one brush, in pixels of a 1024-pixel picture. */
type Layer = {
  spacing: number
  length: number
  width: number
  /** Summed colour error that calls for a stroke; below zero, every stroke is painted. */
  tolerance: number
  /** The brush takes the mean colour of a block of this side. */
  blockPx: number
}

const layers: Layer[] = [
  { spacing: 28, length: 92, width: 30, tolerance: -1, blockPx: 4 },
  { spacing: 12, length: 42, width: 13, tolerance: 26, blockPx: 4 },
  { spacing: 5, length: 15, width: 4.6, tolerance: 34, blockPx: 2 },
]

/** Directions are planned on blocks of this side. */
const planBlockPx = 4

/**
 * Paint in brush strokes: big ones first, smaller ones only where the canvas still differs from the photo
 * (Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes", 1998), all following the picture's
 * structures, with bristle marks that stand out under a light from the upper left.
 */
export function oilPainting(photo: Raster, seed: number): Raster {
  const plan = averageBlocks(photo, planBlockPx)
  const directions = strokeDirections(plan, seed)
  const canvas: Canvas = {
    paint: createRaster(photo.width, photo.height),
    thickness: new Uint8ClampedArray(photo.width * photo.height),
  }
  canvas.paint.rgb.set(photo.rgb)
  layers.forEach((layer, index) => {
    const colours = layer.blockPx === planBlockPx ? plan : averageBlocks(photo, layer.blockPx)
    paintLayer(canvas, colours, directions, layer, hash32(seed, index))
  })
  lightFromUpperLeft(canvas)
  return canvas.paint
}

/** The structures' directions, and a slow swirl where there are none. */
function strokeDirections(plan: Raster, seed: number): Directions {
  const directions = edgeDirections(lumaOf(plan), plan.width, plan.height, scalePx(plan, 24))
  const swirl = smoothNoise(plan.width, plan.height, {
    seed: hash32(seed, 77),
    cellPx: scalePx(plan, 260),
    octaves: 2,
  })
  for (let i = 0; i < swirl.length; i++) {
    const weight = Math.min(1, directions.clarity[i]! * 2.5)
    const own = directions.angle[i]!
    const calm = swirl[i]! * 3
    const cos = Math.cos(2 * own) * weight + Math.cos(2 * calm) * (1 - weight)
    const sin = Math.sin(2 * own) * weight + Math.sin(2 * calm) * (1 - weight)
    directions.angle[i] = Math.atan2(sin, cos) / 2
  }
  return directions
}

function paintLayer(
  canvas: Canvas,
  colours: Raster,
  directions: Directions,
  layer: Layer,
  seed: number,
): void {
  const { paint } = canvas
  const { width, height } = paint
  const spacing = scalePx(paint, layer.spacing)
  const columns = Math.ceil(width / spacing)
  const count = columns * Math.ceil(height / spacing)
  const brushes = bristlePatterns(seed)
  const step = shuffleStep(count)
  for (let n = 0, cell = hash32(seed, 0) % count; n < count; n++, cell = (cell + step) % count) {
    const jitter = hash32(seed, cell + 1)
    const x = Math.min(width - 1, Math.floor(((cell % columns) + (jitter & 0xff) / 255) * spacing))
    const y = Math.min(
      height - 1,
      Math.floor((Math.floor(cell / columns) + ((jitter >>> 8) & 0xff) / 255) * spacing),
    )
    const p = (Math.floor(y / layer.blockPx) * colours.width + Math.floor(x / layer.blockPx)) * 3
    if (colourError(paint.rgb, (y * width + x) * 3, colours.rgb, p) < layer.tolerance) continue
    const planned = Math.floor(y / planBlockPx) * directions.width + Math.floor(x / planBlockPx)
    const mix = ((jitter >>> 16) & 0xff) / 255 - 0.5
    paintStroke(canvas, {
      x,
      y,
      angle: directions.angle[planned]! + mix * 0.35,
      lengthPx: scalePx(paint, layer.length * (1 + mix * 0.5)),
      widthPx: scalePx(paint, layer.width * (1 - mix * 0.3)),
      r: richer(colours.rgb, p, 0) + mix * 16,
      g: richer(colours.rgb, p, 1) + mix * 12,
      b: richer(colours.rgb, p, 2) - mix * 6,
      bristles: brushes[jitter >>> 28]!,
    })
  }
}

/** A step that visits every cell once in an order without visible rows: the golden section, made coprime to the count. */
function shuffleStep(count: number): number {
  const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))
  let step = Math.max(1, Math.round(count * 0.618))
  while (greatestDivisor(step, count) !== 1) step++
  return step
}

function bristlePatterns(seed: number): Uint8Array[] {
  return Array.from({ length: 16 }, (_, brush) =>
    Uint8Array.from(
      { length: 14 },
      (_, hair) => 50 + 180 * hashFraction(hash32(seed, 0x1_0000 + brush), hair),
    ),
  )
}

function colourError(canvas: Uint8ClampedArray, q: number, plan: Uint8ClampedArray, p: number): number {
  return (
    Math.abs(canvas[q]! - plan[p]!) +
    Math.abs(canvas[q + 1]! - plan[p + 1]!) +
    Math.abs(canvas[q + 2]! - plan[p + 2]!)
  )
}

function richer(rgb: Uint8ClampedArray, p: number, channel: number): number {
  const grey = (rgb[p]! + rgb[p + 1]! + rgb[p + 2]!) / 3
  return (grey + (rgb[p + channel]! - grey) * 1.28 - 128) * 1.06 + 130
}

function lightFromUpperLeft({ paint, thickness }: Canvas): void {
  const { width, height, rgb } = paint
  for (let y = height - 1; y > 0; y--) {
    for (let x = width - 1; x > 0; x--) {
      const i = y * width + x
      const slope = 2 * thickness[i]! - thickness[i - 1]! - thickness[i - width]!
      const light = slope > 150 ? 18 : slope < -150 ? -18 : slope * 0.12
      const p = i * 3
      rgb[p]! += light
      rgb[p + 1]! += light
      rgb[p + 2]! += light
    }
  }
}
