/**
 * A double as PostgreSQL prints it: the shortest digits that read back as the same number, with an exponent of two digits
 * at least from 1e+15 on and below 1e-04. Source: PostgreSQL, `double_to_shortest_decimal_buf`.
 */
export const doubleText = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (Object.is(value, -0)) return '-0'
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-4 && size < 1e15)) return String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}
