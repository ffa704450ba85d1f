type Plane = Float32Array<ArrayBuffer>

/**
 * Mean over a square of `2 * radiusPx + 1`, edges repeated, in time that does not depend on the radius. Two
 * passes (the default) come close to a Gaussian of sigma `0.82 * radiusPx + 0.4`.
 */
export function boxBlur(plane: Plane, width: number, height: number, radiusPx: number, passes = 2): Plane {
  let from = plane
  const across = new Float32Array(plane.length)
  for (let pass = 0; pass < passes; pass++) {
    blurRows(from, across, width, height, radiusPx)
    const to = from === plane ? new Float32Array(plane.length) : from
    blurColumns(across, to, width, height, radiusPx)
    from = to
  }
  return from
}

function blurRows(from: Plane, to: Plane, width: number, height: number, radius: number): void {
  const scale = 1 / (2 * radius + 1)
  const last = width - 1
  for (let y = 0; y < height; y++) {
    const row = y * width
    let sum = from[row]! * radius
    for (let x = 0; x <= radius; x++) sum += from[row + Math.min(x, last)]!
    for (let x = 0; x < width; x++) {
      to[row + x] = sum * scale
      const entering = x + radius + 1
      const leaving = x - radius
      sum += from[row + (entering > last ? last : entering)]! - from[row + (leaving < 0 ? 0 : leaving)]!
    }
  }
}

/** Walks row by row with one running sum a column, so that memory is read in order. */
function blurColumns(from: Plane, to: Plane, width: number, height: number, radius: number): void {
  const scale = 1 / (2 * radius + 1)
  const last = height - 1
  const sums = new Float32Array(width)
  for (let x = 0; x < width; x++) sums[x] = from[x]! * radius
  for (let y = 0; y <= radius; y++) {
    const row = Math.min(y, last) * width
    for (let x = 0; x < width; x++) sums[x]! += from[row + x]!
  }
  for (let y = 0; y < height; y++) {
    const row = y * width
    const entering = Math.min(y + radius + 1, last) * width
    const leaving = Math.max(y - radius, 0) * width
    for (let x = 0; x < width; x++) {
      const sum = sums[x]!
      to[row + x] = sum * scale
      sums[x] = sum + from[entering + x]! - from[leaving + x]!
    }
  }
}
