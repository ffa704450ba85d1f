/** Decoded sRGB pixels: three bytes each (red, green, blue), row by row from the top left. */
export type Raster = { width: number; height: number; rgb: Uint8ClampedArray<ArrayBuffer> }

export function createRaster(width: number, height: number): Raster {
  return { width, height, rgb: new Uint8ClampedArray(width * height * 3) }
}

/**
 * A length given for a picture of 1024 pixels on its longest side, in this picture's pixels (at least one): styles
 * look the same at every size.
 */
export function scalePx(raster: Raster, px: number): number {
  return Math.max(1, Math.round((px * Math.max(raster.width, raster.height)) / 1024))
}
