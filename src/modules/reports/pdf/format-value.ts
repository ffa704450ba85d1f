import type { UsageUnit } from '../usage.ts'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const binary = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A value with its unit, as people read it: `1,234`, `1.5 MiB`, `12.5 min`. */
export const formatValue = (value: number, unit: UsageUnit): string => {
  if (unit === 'count') return whole.format(value)
  if (unit === 'minutes') return `${tenths.format(value)} min`
  const power = Math.min(binary.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)))
  const scaled = value / 1_024 ** power
  return `${power === 0 ? whole.format(scaled) : tenths.format(scaled)} ${binary[power]}`
}

/** The steps of an axis from 0 to `max`, four or five of them, in round numbers of the unit. */
export const axisSteps = (max: number, unit: UsageUnit): number[] => {
  const base = unit === 'bytes' ? 1_024 ** Math.floor(Math.log2(Math.max(1, max)) / 10) : 1
  const rough = Math.max(max / base, unit === 'minutes' ? 0.1 : 1) / 4
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const nice = [1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10
  // There is no half of a thing that is counted.
  const step = (unit === 'count' ? Math.max(1, Math.ceil(nice * magnitude)) : nice * magnitude) * base
  return Array.from({ length: Math.max(1, Math.ceil(max / step)) + 1 }, (_, index) => index * step)
}
