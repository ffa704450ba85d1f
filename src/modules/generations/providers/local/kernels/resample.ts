import { createRaster, type Raster } from '../raster.ts'

/** The mean colour of each square block of `blockPx`; blocks at the right and bottom edge may be cut. */
export function averageBlocks(raster: Raster, blockPx: number): Raster {
  const { width, height, rgb } = raster
  const small = createRaster(Math.ceil(width / blockPx), Math.ceil(height / blockPx))
  const sums = new Float64Array(small.width * 4)
  for (let row = 0; row < small.height; row++) {
    sums.fill(0)
    const bottom = Math.min((row + 1) * blockPx, height)
    for (let y = row * blockPx; y < bottom; y++) {
      let p = y * width * 3
      for (let column = 0; column < small.width; column++) {
        const at = column * 4
        const right = Math.min((column + 1) * blockPx, width)
        for (let x = column * blockPx; x < right; x++, p += 3) {
          sums[at]! += rgb[p]!
          sums[at + 1]! += rgb[p + 1]!
          sums[at + 2]! += rgb[p + 2]!
          sums[at + 3]!++
        }
      }
    }
    for (let column = 0; column < small.width; column++) {
      const at = column * 4
      const p = (row * small.width + column) * 3
      for (let channel = 0; channel < 3; channel++)
        small.rgb[p + channel] = sums[at + channel]! / sums[at + 3]!
    }
  }
  return small
}
