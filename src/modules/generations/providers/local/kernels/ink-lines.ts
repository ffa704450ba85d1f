import { boxBlur } from './box-blur.ts'

type InkOptions = {
  width: number
  height: number
  radiusPx: number
  /** Levels of local contrast below which nothing is drawn. */
  threshold: number
  /** Levels of contrast from no ink to full ink: small gives hard lines. */
  softness: number
}

/**
 * How much ink each pixel takes, 0 to 1, on the dark side of edges: a thresholded difference of Gaussians (Winnemöller,
 * "XDoG: advanced image stylization with extended difference-of-Gaussians", 2011). Contrast counts relative to
 * the surroundings' brightness, so that dark parts are outlined as well.
 */
export function inkLines(luma: Float32Array<ArrayBuffer>, options: InkOptions): Float32Array<ArrayBuffer> {
  const { width, height, radiusPx, threshold, softness } = options
  const near = boxBlur(luma, width, height, radiusPx)
  const far = boxBlur(near, width, height, radiusPx + 1)
  const ink = near
  for (let i = 0; i < ink.length; i++) {
    const contrast = (far[i]! - near[i]!) * (160 / (far[i]! + 60))
    const amount = (contrast - threshold) / softness
    ink[i] = amount <= 0 ? 0 : amount >= 1 ? 1 : amount
  }
  return ink
}
