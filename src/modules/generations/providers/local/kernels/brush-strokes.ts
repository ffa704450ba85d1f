import type { Raster } from '../raster.ts'

/** What strokes are painted on: colours, and how thick the paint stands (0 to 255) at each pixel. */
export type Canvas = { paint: Raster; thickness: Uint8ClampedArray<ArrayBuffer> }

export type Stroke = {
  x: number
  y: number
  /** Radians; 0 lies along x. */
  angle: number
  lengthPx: number
  widthPx: number
  r: number
  g: number
  b: number
  /** Paint height across the stroke, 0 to 255: its bristles. Sampled over the stroke's width. */
  bristles: Uint8Array
}

/** Paints one straight stroke with round, frayed ends over what is there. */
export function paintStroke(canvas: Canvas, stroke: Stroke): void {
  const { width, height } = canvas.paint
  const cos = Math.cos(stroke.angle)
  const sin = Math.sin(stroke.angle)
  const halfLength = stroke.lengthPx / 2
  const halfWidth = stroke.widthPx / 2
  const reachY = Math.abs(sin) * halfLength + Math.abs(cos) * halfWidth
  const top = Math.max(0, Math.ceil(stroke.y - reachY))
  const bottom = Math.min(height - 1, Math.floor(stroke.y + reachY))
  for (let y = top; y <= bottom; y++) {
    const dy = y - stroke.y
    const [fromAlong, toAlong] = clip(cos, dy * sin, halfLength)
    const [fromAcross, toAcross] = clip(-sin, dy * cos, halfWidth)
    const from = Math.max(0, Math.ceil(stroke.x + Math.max(fromAlong, fromAcross)))
    const to = Math.min(width - 1, Math.floor(stroke.x + Math.min(toAlong, toAcross)))
    if (from <= to) paintRun(canvas, stroke, y, from, to, cos, sin)
  }
}

/** The interval of dx in which |slope * dx + offset| <= limit. */
function clip(slope: number, offset: number, limit: number): [number, number] {
  if (Math.abs(slope) < 1e-6) return Math.abs(offset) <= limit ? [-1e9, 1e9] : [1, 0]
  const a = (-limit - offset) / slope
  const b = (limit - offset) / slope
  return a < b ? [a, b] : [b, a]
}

function paintRun(
  canvas: Canvas,
  stroke: Stroke,
  y: number,
  from: number,
  to: number,
  cos: number,
  sin: number,
): void {
  const { rgb, width } = canvas.paint
  const { bristles, r, g, b } = stroke
  const dy = y - stroke.y
  const along = 2 / stroke.lengthPx
  const across = 2 / stroke.widthPx
  const count = bristles.length
  let u = ((from - stroke.x) * cos + dy * sin) * along
  let v = (dy * cos - (from - stroke.x) * sin) * across
  for (let x = from, i = y * width + from; x <= to; x++, i++, u += cos * along, v -= sin * across) {
    const at = ((v + 1) * 0.5 * count) | 0
    const height = bristles[at < 0 ? 0 : at >= count ? count - 1 : at]!
    const u2 = u * u
    if (u2 * u2 * u2 + v * v * v * v > 0.5 + height * 0.002) continue
    const shade = (height - 128) * 0.16
    const p = i * 3
    rgb[p] = r + shade
    rgb[p + 1] = g + shade
    rgb[p + 2] = b + shade
    canvas.thickness[i] = height * (1 - 0.35 * v * v)
  }
}
