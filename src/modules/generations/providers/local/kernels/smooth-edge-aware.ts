import { createRaster, type Raster } from '../raster.ts'

type SmoothOptions = {
  /** How far colours run, in pixels. */
  spatialPx: number
  /** Colour difference (summed over the channels, as a share of 255) that stops them: small keeps more edges. */
  range: number
  iterations?: number
}

/**
 * Melts texture and keeps edges: the recursive domain transform filter (Gastal and Oliveira, "Domain transform for
 * edge-aware image and video processing", 2011). Linear in the pixels, whatever the reach.
 */
export function smoothEdgeAware(raster: Raster, options: SmoothOptions): Raster {
  const { width, height, rgb } = raster
  const iterations = options.iterations ?? 2
  const steps = colourSteps(raster)
  const work = new Float32Array(rgb)
  for (let i = 0; i < iterations; i++) {
    const sigma =
      (options.spatialPx * Math.sqrt(3) * 2 ** (iterations - 1 - i)) / Math.sqrt(4 ** iterations - 1)
    const feedback = feedbackTable(sigma, options.spatialPx / options.range)
    alongRows(work, width, height, steps.toLeft, feedback)
    alongColumns(work, width, height, steps.toUpper, feedback)
  }
  const smooth = createRaster(width, height)
  smooth.rgb.set(work)
  return smooth
}

/** Summed channel differences (0 to 765) of each pixel to its left and to its upper neighbour. */
function colourSteps({ width, height, rgb }: Raster): { toLeft: Uint16Array; toUpper: Uint16Array } {
  const toLeft = new Uint16Array(width * height)
  const toUpper = new Uint16Array(width * height)
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++, p += 3) {
      const left = x > 0 ? p - 3 : p
      const upper = y > 0 ? p - 3 * width : p
      const r = rgb[p]!
      const g = rgb[p + 1]!
      const b = rgb[p + 2]!
      toLeft[i] = Math.abs(r - rgb[left]!) + Math.abs(g - rgb[left + 1]!) + Math.abs(b - rgb[left + 2]!)
      toUpper[i] = Math.abs(r - rgb[upper]!) + Math.abs(g - rgb[upper + 1]!) + Math.abs(b - rgb[upper + 2]!)
    }
  }
  return { toLeft, toUpper }
}

function feedbackTable(sigma: number, stretch: number): Float32Array {
  const table = new Float32Array(766)
  for (let step = 0; step < table.length; step++) {
    table[step] = Math.exp((-Math.SQRT2 / sigma) * (1 + (stretch * step) / 255))
  }
  return table
}

function alongRows(
  work: Float32Array,
  width: number,
  height: number,
  steps: Uint16Array,
  feedback: Float32Array,
) {
  for (let y = 0; y < height; y++) {
    const row = y * width
    let p = row * 3
    let r = work[p]!
    let g = work[p + 1]!
    let b = work[p + 2]!
    for (let x = 1; x < width; x++) {
      p += 3
      const keep = feedback[steps[row + x]!]!
      work[p] = r = work[p]! + keep * (r - work[p]!)
      work[p + 1] = g = work[p + 1]! + keep * (g - work[p + 1]!)
      work[p + 2] = b = work[p + 2]! + keep * (b - work[p + 2]!)
    }
    for (let x = width - 1; x > 0; x--) {
      p -= 3
      const keep = feedback[steps[row + x]!]!
      work[p] = r = work[p]! + keep * (r - work[p]!)
      work[p + 1] = g = work[p + 1]! + keep * (g - work[p + 1]!)
      work[p + 2] = b = work[p + 2]! + keep * (b - work[p + 2]!)
    }
  }
}

function alongColumns(
  work: Float32Array,
  width: number,
  height: number,
  steps: Uint16Array,
  feedback: Float32Array,
) {
  for (let y = 1; y < height; y++) pullRow(work, width, y, y - 1, steps, y, feedback)
  for (let y = height - 2; y >= 0; y--) pullRow(work, width, y, y + 1, steps, y + 1, feedback)
}

/** Draws row `y` towards row `from`; `stepRow` is the lower of both, whose steps lie between them. */
function pullRow(
  work: Float32Array,
  width: number,
  y: number,
  from: number,
  steps: Uint16Array,
  stepRow: number,
  feedback: Float32Array,
): void {
  let p = y * width * 3
  let q = from * width * 3
  const first = stepRow * width
  for (let x = 0; x < width; x++, p += 3, q += 3) {
    const keep = feedback[steps[first + x]!]!
    work[p] = work[p]! + keep * (work[q]! - work[p]!)
    work[p + 1] = work[p + 1]! + keep * (work[q + 1]! - work[p + 1]!)
    work[p + 2] = work[p + 2]! + keep * (work[q + 2]! - work[p + 2]!)
  }
}
