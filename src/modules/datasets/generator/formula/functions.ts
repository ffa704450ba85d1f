import { firstMs, lastMs, msPerDay } from '../write-date.ts'
import { joined } from './operators.ts'
import { roundTo } from './round-to.ts'
import {
  asBoolean,
  asInstant,
  asNumber,
  asText,
  finiteOrNone,
  isNone,
  type NumberReader,
  numberValue,
  type Operand,
  ofOneType,
  type TypedValue,
  textValue,
} from './typed-value.ts'

/** What a function is called with. `get(n)` is for places that `least` makes sure of. */
export type Call = { at: number; operands: Operand[]; get: (place: number) => Operand }
type FormulaFunction = { least: number; most: number; compile: (call: Call) => TypedValue }

const mostValues = 50

const ofNumber = (compute: (value: number) => number): FormulaFunction => ({
  least: 1,
  most: 1,
  compile: ({ get }) => {
    const value = asNumber(get(0))
    return numberValue((row) => compute(value(row)))
  },
})

const extreme = (pick: (one: number, other: number) => number): FormulaFunction => ({
  least: 1,
  most: mostValues,
  compile: ({ operands }) => {
    const [first, ...others] = operands.map(asNumber)
    return numberValue((row) =>
      others.reduce((best, other) => pick(best, other(row)), first?.(row) ?? Number.NaN),
    )
  },
})

const round: FormulaFunction = {
  least: 1,
  most: 2,
  compile: ({ operands, get }) => {
    const value = asNumber(get(0))
    const decimals = operands.length > 1 ? asNumber(get(1)) : () => 0
    return numberValue((row) => {
      const places = Math.max(-15, Math.min(15, Math.trunc(decimals(row))))
      return finiteOrNone(roundTo(value(row), places))
    })
  },
}

/** @param growth how many times longer the UTF-8 can become */
const ofText = (change: (text: string) => string, growth: number): FormulaFunction => ({
  least: 1,
  most: 1,
  compile: ({ at, get }) => {
    const { evaluate, maxBytes } = asText(get(0))
    const changed = (row: number) => {
      const text = evaluate(row)
      return text === null ? null : change(text)
    }
    return textValue(changed, maxBytes * growth, at)
  },
})

const length: FormulaFunction = {
  least: 1,
  most: 1,
  compile: ({ get }) => {
    const { evaluate } = asText(get(0))
    return numberValue((row) => {
      const text = evaluate(row)
      return text === null ? Number.NaN : [...text].length
    })
  },
}

/** As in SQL: from the character number `start`, counted from 1, on. */
const substring: FormulaFunction = {
  least: 2,
  most: 3,
  compile: ({ at, operands, get }) => {
    const { evaluate, maxBytes } = asText(get(0))
    const start = asNumber(get(1))
    const count = operands.length > 2 ? asNumber(get(2)) : () => maxBytes
    const cut = (row: number): string | null => {
      const text = evaluate(row)
      const first = Math.trunc(start(row))
      const taken = Math.trunc(count(row))
      if (text === null || isNone(first) || isNone(taken)) return null
      const end = operands.length > 2 ? first + Math.max(0, taken) : Number.POSITIVE_INFINITY
      return [...text].slice(Math.max(0, first - 1), Math.max(0, end - 1)).join('')
    }
    return textValue(cut, maxBytes, at)
  },
}

const coalesce: FormulaFunction = {
  least: 1,
  most: mostValues,
  compile: ({ at, operands }) => {
    ofOneType(operands)
    return operands.map(({ value }) => value).reduceRight((rest, value) => firstOf(value, rest, at))
  },
}

const firstOf = (value: TypedValue, rest: TypedValue, at: number): TypedValue => {
  if (value.type === 'text' && rest.type === 'text') {
    return textValue(
      (row) => value.evaluate(row) ?? rest.evaluate(row),
      Math.max(value.maxBytes, rest.maxBytes),
      at,
    )
  }
  if (value.type === 'boolean' && rest.type === 'boolean') {
    return { type: 'boolean', evaluate: (row) => value.evaluate(row) ?? rest.evaluate(row) }
  }
  return sameInstants(value, rest, (one, other) => (row) => {
    const found = one(row)
    return isNone(found) ? other(row) : found
  })
}

/** Combines two values of the same type, both of which are numbers inside. */
const sameInstants = (
  one: TypedValue,
  other: TypedValue,
  combine: (one: NumberReader, other: NumberReader) => NumberReader,
): TypedValue => {
  if (one.type === 'text' || one.type === 'boolean' || other.type === 'text' || other.type === 'boolean') {
    throw new Error('The types were not compared')
  }
  return { type: one.type, evaluate: combine(one.evaluate, other.evaluate) }
}

/** A condition without a value chooses the second, as CASE does in SQL. */
const choose: FormulaFunction = {
  least: 3,
  most: 3,
  compile: ({ at, get }) => {
    const condition = asBoolean(get(0))
    const yes = get(1).value
    const no = get(2).value
    ofOneType([get(1), get(2)])
    if (yes.type === 'text' && no.type === 'text') {
      const evaluate = (row: number) => (condition(row) === true ? yes : no).evaluate(row)
      return textValue(evaluate, Math.max(yes.maxBytes, no.maxBytes), at)
    }
    if (yes.type === 'boolean' && no.type === 'boolean') {
      return { type: 'boolean', evaluate: (row) => (condition(row) === true ? yes : no).evaluate(row) }
    }
    return sameInstants(yes, no, (one, other) => (row) => (condition(row) === true ? one(row) : other(row)))
  },
}

const msOf = (operand: Operand): NumberReader => {
  const { type, evaluate } = asInstant(operand)
  return type === 'date' ? (row) => evaluate(row) * msPerDay : evaluate
}

const partOfDate = (part: (date: Date) => number): FormulaFunction => ({
  least: 1,
  most: 1,
  compile: ({ get }) => {
    const ms = msOf(get(0))
    return numberValue((row) => part(new Date(ms(row))))
  },
})

/** Instants outside of the years 1 to 9999 are no value. */
const within = (ms: number): boolean => ms >= firstMs && ms <= lastMs

const add = (unitMs: number): FormulaFunction => ({
  least: 2,
  most: 2,
  compile: ({ get }) => {
    const { type, evaluate } = asInstant(get(0))
    const count = asNumber(get(1))
    if (type === 'date' && unitMs === msPerDay) {
      return { type, evaluate: (row) => boundedDays(evaluate(row) + Math.trunc(count(row))) }
    }
    const ms = msOf(get(0))
    return { type: 'timestamp', evaluate: (row) => boundedMs(ms(row) + Math.round(count(row) * unitMs)) }
  },
})

const boundedMs = (ms: number): number => (within(ms) ? ms : Number.NaN)
const boundedDays = (days: number): number => (within(days * msPerDay) ? days : Number.NaN)

const daysBetween: FormulaFunction = {
  least: 2,
  most: 2,
  compile: ({ get }) => {
    const from = msOf(get(0))
    const to = msOf(get(1))
    return numberValue((row) => (to(row) - from(row)) / msPerDay)
  },
}

export const formulaFunctions: ReadonlyMap<string, FormulaFunction> = new Map([
  ['round', round],
  ['floor', ofNumber(Math.floor)],
  ['ceil', ofNumber(Math.ceil)],
  ['abs', ofNumber(Math.abs)],
  ['min', extreme(Math.min)],
  ['max', extreme(Math.max)],
  ['length', length],
  ['lower', ofText((text) => text.toLowerCase(), 3)],
  ['upper', ofText((text) => text.toUpperCase(), 3)],
  ['substring', substring],
  ['concat', { least: 1, most: mostValues, compile: ({ at, operands }) => joined(at, operands) }],
  ['coalesce', coalesce],
  ['if', choose],
  ['year', partOfDate((date) => date.getUTCFullYear())],
  ['month', partOfDate((date) => date.getUTCMonth() + 1)],
  ['day', partOfDate((date) => date.getUTCDate())],
  ['add_days', add(msPerDay)],
  ['add_seconds', add(1000)],
  ['days_between', daysBetween],
])
