import { boxBlur } from './box-blur.ts'

export type Directions = {
  width: number
  height: number
  /** Radians along the strongest structure near each point. */
  angle: Float32Array
  /** 0 (no preferred direction) to 1 (one clear direction). */
  clarity: Float32Array
}

/**
 * Which way the picture's structures run, from the smoothed structure tensor (Brox et al., 2006; as used by Kyprianidis
 * for painterly filters).
 */
export function edgeDirections(
  luma: Float32Array,
  width: number,
  height: number,
  radiusPx: number,
): Directions {
  const xx = new Float32Array(width * height)
  const yy = new Float32Array(width * height)
  const xy = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const up = y > 0 ? -width : 0
    const down = y < height - 1 ? width : 0
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const gx = luma[i + (x < width - 1 ? 1 : 0)]! - luma[i - (x > 0 ? 1 : 0)]!
      const gy = luma[i + down]! - luma[i + up]!
      xx[i] = gx * gx
      yy[i] = gy * gy
      xy[i] = gx * gy
    }
  }
  const a = boxBlur(xx, width, height, radiusPx)
  const c = boxBlur(yy, width, height, radiusPx)
  const b = boxBlur(xy, width, height, radiusPx)
  const angle = new Float32Array(a.length)
  const clarity = new Float32Array(a.length)
  for (let i = 0; i < a.length; i++) {
    angle[i] = 0.5 * Math.atan2(2 * b[i]!, a[i]! - c[i]!) + Math.PI / 2
    const difference = Math.hypot(a[i]! - c[i]!, 2 * b[i]!)
    clarity[i] = difference / (a[i]! + c[i]! + 60)
  }
  return { width, height, angle, clarity }
}
