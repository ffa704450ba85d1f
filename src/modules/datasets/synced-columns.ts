import { sql } from 'drizzle-orm'
import type { Tx } from '../../platform/database/database.ts'
import { quoteName } from '../../platform/database/quote-name.ts'
import { type ColumnType, databaseTypeOf } from '../../platform/rows/column.ts'
import type { DatasetColumn } from './datasets.table.ts'
import type { PairedColumn } from './table-difference.ts'

/** Types whose values become those of another one without a loss, beside themselves. */
const widenings: Partial<Record<ColumnType, readonly ColumnType[]>> = {
  integer: ['bigint', 'numeric', 'text'],
  bigint: ['numeric', 'text'],
  numeric: ['text'],
  date: ['text'],
}

/** Whether all columns that were read, and no others, have room in those that are kept. */
export const doColumnsFit = async (
  tx: Tx,
  readTable: string,
  read: DatasetColumn[],
  kept: DatasetColumn[],
): Promise<boolean> => {
  if (read.length !== kept.length) return false
  for (const column of read) {
    const place = kept.find(({ name }) => name === column.name)
    if (place === undefined || (place.nuls ?? false) !== (column.nuls ?? false)) return false
    const fits = place.type === column.type || widenings[column.type]?.includes(place.type)
    if (!fits && !(await isEmpty(tx, readTable, column.name))) return false
  }
  return true
}

/** A column without values is of any type. */
const isEmpty = async (tx: Tx, table: string, column: string): Promise<boolean> => {
  const { rows } = await tx.execute(
    sql.raw(`select from ${table} where ${quoteName(column)} is not null limit 1`),
  )
  return rows.length === 0
}

/**
 * How the columns of both sides are compared: as values of the kept type where they fit, as texts where they do not, for then
 * the table is made anew.
 */
export const pairColumns = (read: DatasetColumn[], kept: DatasetColumn[], fit: boolean): PairedColumn[] => {
  const names = [...new Set([...kept, ...read].map(({ name }) => name))]
  return names.map((name) => {
    const column = quoteName(name)
    const keptType = kept.find((candidate) => candidate.name === name)?.type
    const isRead = read.some((candidate) => candidate.name === name)
    const taken = isRead && keptType !== undefined ? `read.${column}::${databaseTypeOf(keptType)}` : 'null'
    // There is no equality of JSON, and its text is what counts here.
    if (fit && keptType !== 'json') return { name, read: taken, kept: `kept.${column}`, taken }
    return {
      name,
      read: isRead ? `read.${column}::text` : 'null',
      kept: keptType === undefined ? 'null' : `kept.${column}::text`,
      taken,
    }
  })
}
