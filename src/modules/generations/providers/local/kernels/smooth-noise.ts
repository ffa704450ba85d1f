import { hash32 } from './counter-hash.ts'

type NoiseOptions = {
  seed: number
  /** Distance between lattice points of the first octave, in pixels; each further octave halves it. */
  cellPx: number
  octaves: number
  /** Stretches the cells vertically: 0.25 makes features four times as wide as high. */
  aspect?: number
}

/** Fractal value noise between -1 and 1, one number a pixel (Perlin, "An image synthesizer", 1985, with values for gradients). */
export function smoothNoise(width: number, height: number, options: NoiseOptions): Float32Array<ArrayBuffer> {
  const field = new Float32Array(width * height)
  const total = 2 - 2 ** (1 - options.octaves)
  for (let octave = 0; octave < options.octaves; octave++) {
    const cellX = Math.max(1, options.cellPx / 2 ** octave)
    const cellY = Math.max(1, cellX * (options.aspect ?? 1))
    addOctave(field, width, height, {
      cellX,
      cellY,
      weight: 0.5 ** octave / total,
      seed: hash32(options.seed, octave),
    })
  }
  return field
}

type Octave = { cellX: number; cellY: number; weight: number; seed: number }

function addOctave(field: Float32Array, width: number, height: number, octave: Octave): void {
  const columns = Math.ceil(width / octave.cellX) + 2
  const cellOf = new Int32Array(width)
  const within = new Float32Array(width)
  for (let x = 0; x < width; x++) {
    const at = x / octave.cellX
    cellOf[x] = Math.floor(at)
    within[x] = ease(at - Math.floor(at))
  }
  const upper = new Float32Array(columns)
  const lower = new Float32Array(columns)
  const row = new Float32Array(columns)
  let latticeRow = -1
  for (let y = 0; y < height; y++) {
    const at = y / octave.cellY
    if (Math.floor(at) !== latticeRow) {
      latticeRow = Math.floor(at)
      fillLattice(upper, octave, latticeRow)
      fillLattice(lower, octave, latticeRow + 1)
    }
    const down = ease(at - latticeRow)
    for (let i = 0; i < columns; i++) row[i] = upper[i]! + (lower[i]! - upper[i]!) * down
    const offset = y * width
    for (let x = 0; x < width; x++) {
      const cell = cellOf[x]!
      const left = row[cell]!
      field[offset + x]! += left + (row[cell + 1]! - left) * within[x]!
    }
  }
}

function fillLattice(row: Float32Array, octave: Octave, y: number): void {
  const seed = hash32(octave.seed, y)
  for (let i = 0; i < row.length; i++) row[i] = (hash32(seed, i) / 0x8000_0000 - 1) * octave.weight
}

function ease(t: number): number {
  return t * t * (3 - 2 * t)
}
