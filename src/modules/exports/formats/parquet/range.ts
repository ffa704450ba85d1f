import type { ByteSink } from '../../../../platform/rows/byte-sink.ts'
import { firstValueAt } from './page.ts'
import type { ParquetType } from './parquet-type.ts'

/**
 * The least and the greatest value of a column of whole numbers, dates or times, by which readers skip row groups. High and
 * low are the halves of 64 bits; of 32 bits there is only high.
 */
export type Range = {
  words: 1 | 2
  some: boolean
  minHigh: number
  minLow: number
  maxHigh: number
  maxLow: number
}

export const newRange = ({ physical }: ParquetType): Range | undefined => {
  if (physical !== 'int32' && physical !== 'int64') return undefined
  return { words: physical === 'int32' ? 1 : 2, some: false, minHigh: 0, minLow: 0, maxHigh: 0, maxLow: 0 }
}

/** Widens it by the values of a page. */
export const widenRange = (range: Range, values: ByteSink): void => {
  const { words } = range
  const numbers = new Int32Array(values.bytes.buffer, firstValueAt, (values.at - firstValueAt) / 4)
  if (numbers.length === 0) return
  let { minHigh, minLow, maxHigh, maxLow } = range
  if (!range.some) {
    minHigh = maxHigh = numbers[words - 1] as number
    minLow = maxLow = words === 2 ? (numbers[0] as number) >>> 0 : 0
  }
  for (let index = 0; index < numbers.length; index += words) {
    const high = numbers[index + words - 1] as number
    const low = words === 2 ? (numbers[index] as number) >>> 0 : 0
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high
      minLow = low
    } else if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxHigh = high
      maxLow = low
    }
  }
  Object.assign(range, { some: true, minHigh, minLow, maxHigh, maxLow })
}

/** As statistics have it: the value's own bytes. Undefined when there was no value. */
export const rangeBytes = (range: Range): { min: Uint8Array; max: Uint8Array } | undefined => {
  if (!range.some) return undefined
  const bytesOf = (high: number, low: number) =>
    new Uint8Array((range.words === 1 ? Int32Array.of(high) : Int32Array.of(low, high)).buffer)
  return { min: bytesOf(range.minHigh, range.minLow), max: bytesOf(range.maxHigh, range.maxLow) }
}
