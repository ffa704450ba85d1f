/** Above this a double has no decimals left that rounding could trust. */
const largestScaled = 1e15

/** `value * 10^decimals` to the nearest whole number, halves away from zero. Meant for what decimals say: 1.005 is 101 hundredths. */
export const toUnits = (value: number, decimals: number): number => {
  const scaled = value * 10 ** decimals
  if (Math.abs(scaled) >= largestScaled) return Math.round(scaled)
  // In binary 1.005 is a little less than itself: one step upwards makes up for it.
  const rounded = Math.round(Math.abs(scaled) * (1 + Number.EPSILON))
  return scaled < 0 ? -rounded : rounded
}

/** @param decimals may be negative: -2 rounds to hundreds */
export const roundTo = (value: number, decimals: number): number => {
  if (Math.abs(value) * 10 ** decimals >= largestScaled) return value
  const units = toUnits(value, decimals)
  return decimals < 0 ? units * 10 ** -decimals : units / 10 ** decimals
}
