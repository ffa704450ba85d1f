import { hash32 } from '../kernels/counter-hash.ts'
import { choosePalette, nearest, type Palette } from '../kernels/palette.ts'
import { averageBlocks } from '../kernels/resample.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

/** The most colours that a picture has. */
export const pixelArtColours = 32

/** The side of one drawn pixel, in pixels: about 128 of them on the longest side. */
export function pixelArtBlockPx(photo: Raster): number {
  return scalePx(photo, 8)
}

/** An 8-bit console's picture: large square pixels, a small palette of its own, ordered dither between the colours. */
export function pixelArt(photo: Raster, seed: number): Raster {
  const blockPx = pixelArtBlockPx(photo)
  const cells = punchUp(averageBlocks(photo, blockPx))
  const palette = choosePalette(cells, pixelArtColours, seed)
  dither(cells, palette, seed)
  return enlargeBlocks(cells, blockPx, photo.width, photo.height)
}

/** Sharper and more colourful, since shrinking softens edges and a small palette greys. */
function punchUp(cells: Raster): Raster {
  const { width, height, rgb } = cells
  const punchy = createRaster(width, height)
  for (let y = 0; y < height; y++) {
    const up = (y > 0 ? -width : 0) * 3
    const down = (y < height - 1 ? width : 0) * 3
    for (let x = 0; x < width; x++) {
      const p = (y * width + x) * 3
      const left = x > 0 ? -3 : 0
      const right = x < width - 1 ? 3 : 0
      const grey = 0.3 * rgb[p]! + 0.59 * rgb[p + 1]! + 0.11 * rgb[p + 2]!
      for (let c = p; c < p + 3; c++) {
        const around = (rgb[c + up]! + rgb[c + down]! + rgb[c + left]! + rgb[c + right]!) / 4
        const sharp = rgb[c]! + 0.5 * (rgb[c]! - around)
        punchy.rgb[c] = 128 + (grey + (sharp - grey) * 1.5 - 128) * 1.08
      }
    }
  }
  return punchy
}

/** Bayer's 4 x 4 ordered dither matrix, 0 to 15. */
const bayer = Uint8Array.of(0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)

/** Replaces each cell by its palette colour; the seed moves the matrix about. */
function dither(cells: Raster, palette: Palette, seed: number): void {
  const { width, height, rgb } = cells
  const shiftX = hash32(seed, 1) & 3
  const shiftY = hash32(seed, 2) & 3
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p += 3) {
      const offset = (bayer[((y + shiftY) & 3) * 4 + ((x + shiftX) & 3)]! - 7.5) * 0.9
      const { index } = nearest(
        palette,
        palette.length / 3,
        rgb[p]! + offset,
        rgb[p + 1]! + offset,
        rgb[p + 2]! + offset,
      )
      rgb.set(palette.subarray(index * 3, index * 3 + 3), p)
    }
  }
}

function enlargeBlocks(cells: Raster, blockPx: number, width: number, height: number): Raster {
  const large = createRaster(width, height)
  const rowBytes = width * 3
  for (let y = 0; y < height; y++) {
    const row = y * rowBytes
    if (y % blockPx > 0) {
      large.rgb.copyWithin(row, row - rowBytes, row)
      continue
    }
    const cellRow = Math.floor(y / blockPx) * cells.width
    for (let x = 0; x < width; x++) {
      const c = (cellRow + Math.floor(x / blockPx)) * 3
      large.rgb[row + x * 3] = cells.rgb[c]!
      large.rgb[row + x * 3 + 1] = cells.rgb[c + 1]!
      large.rgb[row + x * 3 + 2] = cells.rgb[c + 2]!
    }
  }
  return large
}
