import { sql } from 'drizzle-orm'
import { onlyRow, type Tx } from '../../platform/database/database.ts'
import { quoteName } from '../../platform/database/quote-name.ts'

/**
 * A column of the rows that were read, and of those that are kept: SQL over `read` and `kept` for comparing both, `null`
 * where there is none; and over `read` for what is then kept.
 */
export type PairedColumn = { name: string; read: string; kept: string; taken: string }

/** Two tables. Their rows are the same row where all `keys` are equal, and those are never null. */
export type TablePair = {
  readTable: string
  keptTable: string
  keys: PairedColumn[]
  columns: PairedColumn[]
}

type Values = Record<string, string | null>
/** One row that differs. Values are as PostgreSQL prints them, shortened; of a changed row only those that changed. */
export type TableChange = {
  kind: 'added' | 'changed' | 'removed'
  key: Values
  before: Values | null
  after: Values | null
}

export type TableDifference = { added: number; changed: number; removed: number; sample: TableChange[] }

const mostSampled = 10
const mostSampledColumns = 20
const longestSampledValue = 200

const sameKey = ({ keys }: TablePair) => keys.map(({ read, kept }) => `${read} = ${kept}`).join(' and ')
const differs = ({ columns }: TablePair) =>
  `(${columns.map(({ read, kept }) => `${read} is distinct from ${kept}`).join(' or ')})`

/** What makes a pair of the full join of both tables a difference of a kind. */
const conditionOf = (kind: TableChange['kind'], pair: TablePair): string => {
  const [key] = pair.keys
  if (kind === 'added') return `${key?.kept} is null`
  if (kind === 'removed') return `${key?.read} is null`
  return `${key?.read} is not null and ${key?.kept} is not null and ${differs(pair)}`
}

const pairs = (pair: TablePair) =>
  `from ${pair.readTable} as read full join ${pair.keptTable} as kept on ${sameKey(pair)}`

/** How the rows that were read differ from those that are kept: exact counts, and the first of each kind. */
export const compareTables = async (tx: Tx, pair: TablePair): Promise<TableDifference> => {
  const kinds = ['added', 'changed', 'removed'] as const
  const counted = kinds.map(
    (kind) => `(count(*) filter (where ${conditionOf(kind, pair)}))::float8 as ${kind}`,
  )
  const { rows } = await tx.execute<Omit<TableDifference, 'sample'>>(
    sql.raw(`select ${counted.join(', ')} ${pairs(pair)}`),
  )
  const counts = onlyRow(rows)
  const sample: TableChange[] = []
  for (const kind of kinds) if (counts[kind] > 0) sample.push(...(await sampleOf(tx, pair, kind)))
  return { ...counts, sample }
}

const sampleOf = async (tx: Tx, pair: TablePair, kind: TableChange['kind']): Promise<TableChange[]> => {
  const { keys, columns } = pair
  const texts = (side: 'read' | 'kept', of: PairedColumn[]) =>
    `array[${of.map((column) => `left((${column[side]})::text, ${longestSampledValue})`).join(', ')}]::text[]`
  const keySide = kind === 'removed' ? 'kept' : 'read'
  const { rows } = await tx.execute<{ key: Cells; before: Cells; after: Cells; differs: (boolean | null)[] }>(
    sql.raw(`
      select ${texts(keySide, keys)} as key, ${texts('kept', columns)} as before, ${texts('read', columns)} as after,
        array[${columns.map(({ read, kept }) => `${read} is distinct from ${kept}`).join(', ')}] as differs
      ${pairs(pair)} where ${conditionOf(kind, pair)}
      order by ${keys.map((key) => key[keySide]).join(', ')} limit ${mostSampled}`),
  )
  return rows.map((row) => {
    const shown = columns.flatMap(({ name }, index) =>
      kind !== 'changed' || row.differs[index] === true ? { name, index } : [],
    )
    const valuesOf = (cells: Cells): Values =>
      Object.fromEntries(
        shown.slice(0, mostSampledColumns).map(({ name, index }) => [name, cells[index] ?? null]),
      )
    return {
      kind,
      key: Object.fromEntries(keys.map(({ name }, index) => [name, row.key[index] ?? null])),
      before: kind === 'added' ? null : valuesOf(row.before),
      after: kind === 'removed' ? null : valuesOf(row.after),
    }
  })
}

type Cells = (string | null)[]

/** Makes the kept rows those that were read, and touches none that are the same. */
export const applyDifference = async (tx: Tx, pair: TablePair): Promise<void> => {
  const { readTable, keptTable, columns } = pair
  const names = columns.map(({ name }) => quoteName(name)).join(', ')
  const values = columns.map(({ taken }) => taken).join(', ')
  const has = (table: string) => `exists (select from ${table} where ${sameKey(pair)})`
  await tx.execute(sql.raw(`delete from ${keptTable} as kept where not ${has(`${readTable} as read`)}`))
  await tx.execute(
    sql.raw(`
      update ${keptTable} as kept set (${names}) = row(${values})
      from ${readTable} as read where ${sameKey(pair)} and ${differs(pair)}`),
  )
  await tx.execute(
    sql.raw(`
      insert into ${keptTable} (${names}) select ${values} from ${readTable} as read
      where not ${has(`${keptTable} as kept`)}`),
  )
}
