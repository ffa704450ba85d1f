import { newSink } from '../../../../platform/rows/byte-sink.ts'
import { longestTimestamp, writeDate, writeTimestamp } from '../write-date.ts'
import { formulaFault } from './tokenize.ts'

/**
 * A part of a formula whose type is known. Numbers, days since 1970 (date) and milliseconds since 1970 (timestamp) are NaN where
 * they have no value, so that arithmetic carries that on by itself; the others are null.
 * `text`: how it reads as text, if otherwise than by its value.
 */
export type TypedValue =
  | { type: 'number' | 'date' | 'timestamp'; evaluate: (row: number) => number; text?: TextReader }
  | { type: 'boolean'; evaluate: (row: number) => boolean | null }
  | { type: 'text'; evaluate: (row: number) => string | null; maxBytes: number }

type TextReader = { evaluate: (row: number) => string | null; maxBytes: number }
export type NumberReader = (row: number) => number

/** A value and its place in the formula, counted from 0. */
export type Operand = { value: TypedValue; at: number }

const longestTextBytes = 64 * 1024
const longestNumber = 25

export const numberValue = (evaluate: NumberReader): TypedValue => ({ type: 'number', evaluate })

/** @throws SchemaFault for text that may become too long */
export const textValue = (evaluate: TextReader['evaluate'], maxBytes: number, at: number): TypedValue => {
  if (maxBytes > longestTextBytes) {
    throw formulaFault(at, `The text may become longer than ${longestTextBytes} bytes.`)
  }
  return { type: 'text', evaluate, maxBytes }
}

/** What is not finite is no value. */
export const finiteOrNone = (value: number): number => (value - value === 0 ? value : Number.NaN)
export const isNone = (value: number): boolean => Number.isNaN(value)

const wrongType = ({ value, at }: Operand, wanted: string) =>
  formulaFault(at, `This is a ${value.type}; a ${wanted} is needed.`)

/** @throws SchemaFault, as do the others, for another type */
export const asNumber = (operand: Operand): NumberReader => {
  if (operand.value.type !== 'number') throw wrongType(operand, 'number')
  return operand.value.evaluate
}

export const asBoolean = (operand: Operand): ((row: number) => boolean | null) => {
  if (operand.value.type !== 'boolean') throw wrongType(operand, 'boolean')
  return operand.value.evaluate
}

export const asText = (operand: Operand): TypedValue & { type: 'text' } => {
  if (operand.value.type !== 'text') throw wrongType(operand, 'text')
  return operand.value
}

export const asInstant = (operand: Operand): TypedValue & { type: 'date' | 'timestamp' } => {
  const { type, evaluate } = operand.value
  if (type !== 'date' && type !== 'timestamp') throw wrongType(operand, 'date or timestamp')
  return { type, evaluate }
}

/** @throws SchemaFault unless all have the type of the first */
export const ofOneType = (operands: Operand[]): void => {
  const [first, ...others] = operands
  for (const other of others)
    if (other.value.type !== first?.value.type) throw wrongType(other, String(first?.value.type))
}

/** Any value, as text. */
export const toText = (value: TypedValue): TextReader => {
  switch (value.type) {
    case 'text':
      return value
    case 'boolean': {
      const { evaluate } = value
      return { evaluate: (row) => asWord(evaluate(row)), maxBytes: 5 }
    }
    case 'number': {
      const { evaluate, text } = value
      return text ?? { evaluate: (row) => numberText(evaluate(row)), maxBytes: longestNumber }
    }
    default: {
      const { evaluate, text } = value
      return text ?? instantText(evaluate, value.type === 'date' ? writeDate : writeTimestamp)
    }
  }
}

const asWord = (value: boolean | null): string | null => (value === null ? null : String(value))
const numberText = (value: number): string | null => (isNone(value) ? null : String(value))

const instantText = (evaluate: NumberReader, write: typeof writeDate): TextReader => {
  const sink = newSink(longestTimestamp)
  return {
    maxBytes: longestTimestamp,
    evaluate: (row) => {
      const value = evaluate(row)
      if (isNone(value)) return null
      sink.at = 0
      write(sink, value)
      return sink.bytes.toString('latin1', 0, sink.at)
    },
  }
}
