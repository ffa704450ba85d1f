import type { BinaryOperator } from './parse-formula.ts'
import { formulaFault } from './tokenize.ts'
import {
  asBoolean,
  asNumber,
  finiteOrNone,
  isNone,
  type NumberReader,
  numberValue,
  type Operand,
  ofOneType,
  type TypedValue,
  textValue,
  toText,
} from './typed-value.ts'

/** @throws SchemaFault for operands of other types than the operator takes */
export const compileOperator = (operator: BinaryOperator, left: Operand, right: Operand): TypedValue => {
  switch (operator) {
    case 'and':
    case 'or':
      return logical(operator === 'or', asBoolean(left), asBoolean(right))
    case '&':
      return joined(left.at, [left, right])
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return numberValue(arithmetic(operator, asNumber(left), asNumber(right)))
    default:
      return comparison(operator, left, right)
  }
}

const arithmetic = (
  operator: '+' | '-' | '*' | '/' | '%' | '^',
  left: NumberReader,
  right: NumberReader,
): NumberReader => {
  switch (operator) {
    case '+':
      return (row) => finiteOrNone(left(row) + right(row))
    case '-':
      return (row) => finiteOrNone(left(row) - right(row))
    case '*':
      return (row) => finiteOrNone(left(row) * right(row))
    case '/':
      return (row) => finiteOrNone(left(row) / right(row))
    case '%':
      return (row) => left(row) % right(row)
    case '^':
      return (row) => finiteOrNone(powerOf(left(row), right(row)))
  }
}

// JavaScript makes NaN^0 a 1, but no value stays none.
const powerOf = (base: number, exponent: number): number => (isNone(base) ? base : base ** exponent)

/** As in SQL, one operand can decide alone: false for `and`, true for `or`. */
const logical = (
  deciding: boolean,
  left: (row: number) => boolean | null,
  right: (row: number) => boolean | null,
): TypedValue => ({
  type: 'boolean',
  evaluate: (row) => {
    const first = left(row)
    if (first === deciding) return deciding
    const second = right(row)
    if (second === deciding) return deciding
    return first === null || second === null ? null : !deciding
  },
})

/** The texts of all, one after the other; none if one has none. */
export const joined = (at: number, operands: Operand[]): TypedValue => {
  const readers = operands.map(({ value }) => toText(value))
  const maxBytes = readers.reduce((sum, reader) => sum + reader.maxBytes, 0)
  const evaluate = (row: number): string | null => {
    let all = ''
    for (const reader of readers) {
      const text = reader.evaluate(row)
      if (text === null) return null
      all += text
    }
    return all
  }
  return textValue(evaluate, maxBytes, at)
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

const comparison = (operator: Comparison, left: Operand, right: Operand): TypedValue => {
  ofOneType([left, right])
  const { value: first } = left
  const { value: second } = right
  if (first.type === 'boolean' && operator !== '=' && operator !== '!=') {
    throw formulaFault(left.at, 'Booleans are only equal or not.')
  }
  if (first.type === 'text' || first.type === 'boolean') {
    return compared(first.evaluate, second.evaluate, (value) => value === null, comparisons[operator])
  }
  return compared(first.evaluate, second.evaluate, (value) => Number.isNaN(value), comparisons[operator])
}

type Comparable = string | number | boolean | null

const comparisons: Record<Comparison, (one: Comparable, other: Comparable) => boolean> = {
  '=': (one, other) => one === other,
  '!=': (one, other) => one !== other,
  '<': (one, other) => one !== null && other !== null && one < other,
  '<=': (one, other) => one !== null && other !== null && one <= other,
  '>': (one, other) => one !== null && other !== null && one > other,
  '>=': (one, other) => one !== null && other !== null && one >= other,
}

const compared = (
  left: (row: number) => Comparable,
  right: (row: number) => Comparable,
  hasNone: (value: Comparable) => boolean,
  compare: (one: Comparable, other: Comparable) => boolean,
): TypedValue => ({
  type: 'boolean',
  evaluate: (row) => {
    const one = left(row)
    const other = right(row)
    return hasNone(one) || hasNone(other) ? null : compare(one, other)
  },
})
