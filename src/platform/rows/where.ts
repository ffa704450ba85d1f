import pg from 'pg'
import { z } from 'zod'
import { quoteName } from '../database/copy.ts'
import { invalid } from '../errors.ts'
import { type Column, type ColumnType, databaseTypeOf } from './column.ts'

const mostConditions = 20
const mostValues = 1_000
const value = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()])
const one = value.optional()

const condition = z.strictObject({
  eq: one,
  ne: one,
  gt: one,
  gte: one,
  lt: one,
  lte: one,
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

/** What a value looks like that PostgreSQL can read as the type. Everything else is refused before it is asked. */
const readable: Record<ColumnType, (text: string) => boolean> = {
  boolean: (text) => /^(true|false)$/.test(text),
  integer: (text) => /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - 1,
  bigint: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  double: (text) => /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text) && Number.isFinite(Number(text)),
  numeric: (text) => /^-?\d{1,1000}(\.\d{1,1000})?$/.test(text),
  text: (text) => !text.includes('\0'),
  uuid: (text) => z.uuid().safeParse(text).success,
  date: (text) => z.iso.date().safeParse(text).success && !text.startsWith('0000'),
  time: (text) => z.iso.time().safeParse(text).success,
  timestamp: (text) =>
    z.iso.datetime({ offset: true, local: true }).safeParse(text).success && !text.startsWith('0000'),
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
    const typed = (asked: Value): string => {
      const text = String(asked)
      if (!readable[column.type](text)) {
        const message = `"${text.slice(0, 60)}" is no ${column.type}.`
        faults.push({ path: `where.${columnName}`, code: 'invalid_value', message })
        return 'null'
      }
      return `${pg.escapeLiteral(text)}::${databaseTypeOf(column.type)}`
    }
    parts.push(...conditionsOf(quoteName(columnName), given, typed))
  }
  if (faults.length > 0) throw invalid(faults)
  return parts
}

const conditionsOf = (column: string, given: Where[string], typed: (asked: Value) => string): string[] => {
  if (given === null || typeof given !== 'object') return [equals(column, given, typed)]
  const parts: string[] = []
  if (given.eq !== undefined) parts.push(equals(column, given.eq, typed))
  if (given.ne !== undefined) parts.push(`not ${equals(column, given.ne, typed)}`)
  for (const [operator, sign] of Object.entries(operators)) {
    const bound = given[operator as keyof typeof operators]
    if (bound !== undefined) parts.push(`${column} ${sign} ${typed(bound)}`)
  }
  if (given.in !== undefined) {
    parts.push(`(${given.in.map((asked) => equals(column, asked, typed)).join(' or ')})`)
  }
  if (given.contains !== undefined) {
    const pattern = `%${given.contains.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`
    parts.push(`${column}::text ilike ${pg.escapeLiteral(pattern)}`)
  }
  return parts
}

const equals = (column: string, asked: Value, typed: (asked: Value) => string): string =>
  asked === null ? `(${column} is null)` : `(${column} is not distinct from ${typed(asked)})`
