import { newSink } from '../../../../platform/rows/byte-sink.ts'
import type { CompiledField } from '../field-type.ts'
import { textOfField } from '../sibling.ts'
import { msPerDay } from '../write-date.ts'
import type { NumberReader, TypedValue } from './typed-value.ts'

/** The values of a field as a formula sees them. Each is read once a row, however often it stands in the formula. */
export const readField = (field: CompiledField): TypedValue => {
  switch (field.columnType) {
    case 'integer':
    case 'bigint':
    case 'double':
    case 'numeric':
      return numeric('number', field, parseNumber)
    case 'date':
      return numeric('date', field, parseDays)
    case 'timestamp':
      return numeric('timestamp', field, parseInstant)
    case 'boolean': {
      const read = textOfField(field)
      return {
        type: 'boolean',
        evaluate: (row) => {
          const text = read(row)
          return text === null ? null : text === 'true'
        },
      }
    }
    default:
      return { type: 'text', evaluate: oncePerRow(textOfField(field)), maxBytes: field.maxBytes }
  }
}

/** Remembers the last row, as rows are asked for in turn. */
export const oncePerRow = <Value>(evaluate: (row: number) => Value): ((row: number) => Value) => {
  let last: { row: number; value: Value } | undefined
  return (row) => {
    if (last === undefined) last = { row, value: evaluate(row) }
    else if (last.row !== row) {
      last.value = evaluate(row)
      last.row = row
    }
    return last.value
  }
}

type Parse = (bytes: Buffer, end: number) => number

const numeric = (type: 'number' | 'date' | 'timestamp', field: CompiledField, parse: Parse): TypedValue => {
  const { isNull, write, maxBytes } = field
  const sink = newSink(maxBytes)
  const read: NumberReader = (row) => {
    if (isNull(row)) return Number.NaN
    sink.at = 0
    write(row, sink)
    return parse(sink.bytes, sink.at)
  }
  return { type, evaluate: oncePerRow(read), text: { evaluate: textOfField(field), maxBytes } }
}

const minus = 0x2d
const point = 0x2e
const zero = 0x30
/** So many digits are a whole number that a double holds exactly, and so is the power of ten that divides it. */
const exactDigits = 15
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, power) => 10 ** power)

const parseNumber: Parse = (bytes, end) => {
  const start = bytes[0] === minus ? 1 : 0
  if (end - start > exactDigits) return finiteNumber(bytes, end)
  let digits = 0
  let pointAt = end - 1
  for (let place = start; place < end; place += 1) {
    const byte = bytes[place] as number
    if (byte === point) pointAt = place
    else if (byte < zero || byte > zero + 9) return finiteNumber(bytes, end)
    else digits = digits * 10 + (byte - zero)
  }
  const value = digits / (powersOfTen[end - 1 - pointAt] as number)
  return start === 1 ? -value : value
}

const finiteNumber: Parse = (bytes, end) => {
  const value = Number(bytes.toString('latin1', 0, end))
  return Number.isFinite(value) ? value : Number.NaN
}

const digitsAt = (bytes: Buffer, start: number, end: number): number => {
  let value = 0
  for (let place = start; place < end; place += 1) value = value * 10 + ((bytes[place] as number) - zero)
  return value
}

/**
 * The days since 1970 of `2024-01-02`.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
const parseDays: Parse = (bytes) => {
  const month = digitsAt(bytes, 5, 7)
  const year = digitsAt(bytes, 0, 4) - (month <= 2 ? 1 : 0)
  const era = Math.floor(year / 400)
  const yearOfEra = year - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + digitsAt(bytes, 8, 10) - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The milliseconds since 1970 of `2024-01-02 03:04:05.678+00`. What is finer than that is dropped. */
const parseInstant: Parse = (bytes, end) => {
  const seconds = (digitsAt(bytes, 11, 13) * 60 + digitsAt(bytes, 14, 16)) * 60 + digitsAt(bytes, 17, 19)
  const fractionEnd = end - 3
  let ms = 0
  for (let place = 20; place < 23; place += 1) {
    ms = ms * 10 + (place < fractionEnd ? (bytes[place] as number) - zero : 0)
  }
  return parseDays(bytes, end) * msPerDay + seconds * 1000 + ms
}
