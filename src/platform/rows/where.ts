import pg from 'pg'
import { z } from 'zod'
import { quoteName } from '../database/quote-name.ts'
import { invalid } from '../errors.ts'
import { type Column, type ColumnType, databaseTypeOf } from './column.ts'
import { hideNuls } from './nul-text.ts'

const mostConditions = 20
const mostValues = 1_000
const present = z.union([z.string().max(10_000), z.number(), z.boolean()])
const value = z.union([present, z.null()])
const one = value.optional()
const bound = present.optional()

const condition = z.strictObject({
  eq: one,
  ne: one,
  gt: bound,
  gte: bound,
  lt: bound,
  lte: bound,
  in: z.array(value).min(1).max(mostValues).optional(),
  contains: z.string().min(1).max(1_000).optional().describe('Part of the text, whatever its capitals.'),
})

/** Conditions that all must hold, by column: a value, or operators with values. `null` matches what has no value. */
export const whereSchema = z
  .record(z.string().max(63), z.union([value, condition]))
  .refine((where) => Object.keys(where).length <= mostConditions, {
    error: `At most ${mostConditions} columns can be filtered by.`,
  })
export type Where = z.output<typeof whereSchema>

type Value = z.output<typeof value>

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

const decimal = /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i
const longestNumeric = 2_000
/** PostgreSQL does not take a double that is too small for anything but 0. */
const vanishes = (text: string): boolean => Number(text) === 0 && /[1-9]/.test(text.replace(/e.*$/i, ''))
/** Of 16 hours and more, which PostgreSQL does not take. */
const farthestOffset = /[+-](1[6-9]|2\d):\d\d$/

/** What a value looks like that PostgreSQL can read as the type. Everything else is refused before it is asked. */
const readable: Record<ColumnType, (text: string) => boolean> = {
  boolean: (text) => /^(true|false)$/.test(text),
  integer: (text) => /^-?\d{1,10}$/.test(text) && (Number(text) | 0) === Number(text),
  bigint: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  double: (text) => decimal.test(text) && Number.isFinite(Number(text)) && !vanishes(text),
  numeric: (text) => decimal.test(text) && text.length <= longestNumeric,
  text: (text) => !text.includes('\0'),
  uuid: (text) => z.guid().safeParse(text).success,
  date: (text) => z.iso.date().safeParse(text).success && !text.startsWith('0000'),
  time: (text) => z.iso.time().safeParse(text).success,
  timestamp: (text) => {
    // A day stands for its beginning, and a blank for the T, as PostgreSQL and our own exports write it.
    const instant = (text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')).replace(/\+00$/, 'Z')
    return (
      z.iso.datetime({ offset: true, local: true }).safeParse(instant).success &&
      !text.startsWith('0000') &&
      !farthestOffset.test(text)
    )
  },
  json: () => false,
}

/**
 * The SQL of a filter, one condition a part. Values are in it as quoted literals, since COPY takes no parameters.
 * @throws 422 for a column that is not there, and for a value that is none of its type
 */
export const whereToSql = (where: Where, columns: readonly Column[]): string[] => {
  const faults: { path: string; code: string; message: string }[] = []
  const parts: string[] = []
  for (const [columnName, given] of Object.entries(where)) {
    const column = columns.find((candidate) => candidate.name === columnName)
    if (column === undefined || column.type === 'json') {
      const message =
        column === undefined ? 'There is no such column.' : 'A column of JSON cannot be filtered by.'
      faults.push({ path: `where.${columnName}`, code: 'unknown_column', message })
      continue
    }
    const literal = (type: ColumnType, asked: Exclude<Value, null>): string => {
      const text = column.nuls ? hideNuls(String(asked)) : String(asked)
      if (readable[type](text) && !wasRounded(type, asked)) return pg.escapeLiteral(text)
      const message = wasRounded(type, asked)
        ? 'JSON readers round a number as large as this. Send it as text.'
        : `"${text.slice(0, 60)}" is no ${type}${exampleOf[type] ?? ''}.`
      faults.push({ path: `where.${columnName}`, code: 'invalid_value', message })
      return 'null'
    }
    parts.push(...conditionsOf(column, given, literal))
  }
  if (faults.length > 0) throw invalid(faults)
  return parts
}

const exampleOf: Partial<Record<ColumnType, string>> = {
  date: ', such as 2026-03-01',
  time: ', such as 13:45:00',
  timestamp: ', such as 2026-03-01 or 2026-03-01T13:45:00Z',
}

const wasRounded = (type: ColumnType, asked: Value): boolean =>
  typeof asked === 'number' && type !== 'double' && Number.isInteger(asked) && !Number.isSafeInteger(asked)

const conditionsOf = (
  { name, type }: Column,
  given: Where[string],
  literal: (type: ColumnType, asked: Exclude<Value, null>) => string,
): string[] => {
  const column = quoteName(name)
  const typed = (asked: Exclude<Value, null>) => `${literal(type, asked)}::${databaseTypeOf(type)}`
  // Not `is not distinct from`, which no index serves.
  const equals = (asked: Value) => (asked === null ? `${column} is null` : `${column} = ${typed(asked)}`)
  if (given === null || typeof given !== 'object') return [equals(given)]
  const parts: string[] = []
  if (given.eq !== undefined) parts.push(equals(given.eq))
  if (given.ne !== undefined) {
    parts.push(`${column} is distinct from ${given.ne === null ? 'null' : typed(given.ne)}`)
  }
  for (const [operator, sign] of Object.entries(operators)) {
    const asked = given[operator as keyof typeof operators]
    if (asked !== undefined) parts.push(`${column} ${sign} ${typed(asked)}`)
  }
  if (given.in !== undefined) parts.push(`(${given.in.map(equals).join(' or ')})`)
  if (given.contains !== undefined) {
    const pattern = `%${given.contains.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
    parts.push(`${column}::text ilike ${literal('text', pattern)}`)
  }
  return parts
}
