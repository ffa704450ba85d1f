import { z } from 'zod'
import { type ByteSink, writeByte, writeText } from '../../../../platform/rows/byte-sink.ts'
import { defineField, type Producer, SchemaFault } from '../field-type.ts'
import { compileFormula } from '../formula/compile-formula.ts'
import { oncePerRow, readField } from '../formula/read-field.ts'
import { toUnits } from '../formula/round-to.ts'
import { isNone, type NumberReader, type TypedValue } from '../formula/typed-value.ts'
import { siblingAt } from '../sibling.ts'
import { storableText } from '../storable-text.ts'
import { longestTimestamp, writeDate, writeTimestamp } from '../write-date.ts'
import { decimalWriter, longestDouble, writeDouble } from '../write-number.ts'

const mostDecimals = 10
/** 309 digits before the point, a sign and the point. */
const longestDecimal = 311 + mostDecimals
const letterT = 0x74
const letterF = 0x66

export const formulaFields = [
  defineField({
    name: 'formula',
    group: 'relations',
    description:
      "An expression over other fields of the row: + - * / % ^, & joins texts, = != < <= > >=, and, or, not, c ? a : b, 'text', " +
      'round(x, n), floor, ceil, abs, min, max, length, lower, upper, substring(text, start, count), concat, coalesce, ' +
      'if(c, a, b), year, month, day, add_days(date, n), add_seconds(timestamp, n), days_between(from, to). Without a value go ' +
      'parts of it without one, a division by zero and what is not finite. A number is a double, or exact with `decimals`.',
    options: z.strictObject({
      expression: storableText(1000).min(1),
      decimals: z.int().min(0).max(mostDecimals).optional(),
    }),
    example: { expression: 'round(price * quantity, 2)', decimals: 2 },
    compile: ({ expression, decimals }, context) => {
      const value = compileFormula(expression, (name) =>
        readField(siblingAt(context, name, 'options.expression')),
      )
      if (decimals !== undefined && value.type !== 'number') {
        throw new SchemaFault(
          'options.decimals',
          'not_a_number',
          `The formula makes a ${value.type}, no number.`,
        )
      }
      return producerOf(value, decimals)
    },
  }),
]

const producerOf = (value: TypedValue, decimals: number | undefined): Producer => {
  const about = { kind: 'computed', unique: false, plain: true } as const
  if (value.type === 'text') {
    const { maxBytes } = value
    const valued = valuesOf(value.evaluate, writeText)
    return { ...about, columnType: 'text', maxBytes, plain: false, ...valued }
  }
  if (value.type === 'boolean') {
    return { ...about, columnType: 'boolean', maxBytes: 1, ...valuesOf(value.evaluate, writeBoolean) }
  }
  const { type, evaluate } = value
  const numbers = (write: (sink: ByteSink, value: number) => void) => valuesOf(numberOrNull(evaluate), write)
  if (type === 'date') return { ...about, columnType: 'date', maxBytes: 10, ...numbers(writeDate) }
  if (type === 'timestamp') {
    return { ...about, columnType: 'timestamp', maxBytes: longestTimestamp, ...numbers(writeTimestamp) }
  }
  if (decimals === undefined) {
    return { ...about, columnType: 'double', maxBytes: longestDouble, ...numbers(writeDouble) }
  }
  return {
    ...about,
    columnType: 'numeric',
    maxBytes: longestDecimal,
    decimals,
    ...numbers(exactWriter(decimals)),
  }
}

const writeBoolean = (sink: ByteSink, value: boolean): void => writeByte(sink, value ? letterT : letterF)

const numberOrNull = (evaluate: NumberReader) => (row: number) => {
  const value = evaluate(row)
  return isNone(value) ? null : value
}

/** The engine asks whether a row has a value before it writes it: one evaluation serves both. */
const valuesOf = <Value>(
  evaluate: (row: number) => Value | null,
  write: (sink: ByteSink, value: Value) => void,
): Pick<Producer & { kind: 'computed' }, 'isNull' | 'write'> => {
  const once = oncePerRow(evaluate)
  return {
    isNull: (row) => once(row) === null,
    write: (row, sink) => {
      const value = once(row)
      if (value !== null) write(sink, value)
    },
  }
}

const exactWriter = (decimals: number) => {
  const writeUnits = decimalWriter(decimals)
  return (sink: ByteSink, value: number): void => {
    const units = toUnits(value, decimals)
    if (Number.isSafeInteger(units)) writeUnits(sink, units)
    else writeText(sink, farFromZero(value, decimals))
  }
}

/** All digits of a double that is so large that hardly any are behind the point. */
const farFromZero = (value: number, decimals: number): string => {
  if (Math.abs(value) < 1e21) return value.toFixed(decimals)
  return decimals === 0 ? String(BigInt(value)) : `${BigInt(value)}.${'0'.repeat(decimals)}`
}
