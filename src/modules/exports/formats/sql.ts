import { quoteName } from '../../../platform/database/quote-name.ts'
import { databaseTypeOf } from '../../../platform/rows/column.ts'
import { encodeRows } from './encode-rows.ts'
import type { Format, TableRows } from './format.ts'
import { insertRows } from './sql-rows.ts'

/**
 * A script that makes the tables in an empty schema of PostgreSQL, for psql and for every client that sends SQL. All of it is one
 * transaction. References come after the rows, so that tables may refer to each other in any order; those to what
 * is not exported, or not known to be unique, are left out.
 */
export const sql: Format = {
  name: 'sql',
  extension: '.sql',
  contentType: 'application/sql',
  manyTables: true,
  compressible: true,
  encode: encodeSql,
}

async function* encodeSql(tables: TableRows[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(
    [
      '-- Tables and rows as a script for PostgreSQL',
      ...tables.flatMap(nulNotes),
      '',
      'BEGIN;',
      "SET LOCAL client_encoding = 'UTF8';",
      'SET LOCAL standard_conforming_strings = on;',
      ...tables.map(createTable),
      '',
    ].join('\n'),
  )
  for (const table of tables) {
    let hasRows = false
    const columns = table.columns.map((column) => ({ ...column, nuls: false }))
    for await (const { bytes } of encodeRows({ columns, rows: table.rows }, insertRows(table))) {
      hasRows = true
      yield bytes
    }
    if (hasRows) yield Buffer.from(';\n')
  }
  yield Buffer.from([...uniqueConstraints(tables), ...foreignKeys(tables), '', 'COMMIT;', ''].join('\n'))
}

/**
 * PostgreSQL has no U+0000. Left out or replaced it would be lost, so it stays hidden as it was in the database, and the
 * script says so.
 */
const nulNotes = (table: TableRows): string[] =>
  table.columns
    .filter(({ nuls }) => nuls === true)
    .map(({ name }) => {
      // A line break in a name would end the comment.
      const where = `${quoteName(table.name)}.${quoteName(name)}`.replaceAll(/[\r\n]+/g, ' ')
      return `-- ${where}: U+0000 is written as U+F8FF and 0, U+F8FF as U+F8FF and 1`
    })

const createTable = (table: TableRows): string => {
  const lines = table.columns.map(({ name, type }) => `  ${quoteName(name)} ${databaseTypeOf(type)}`)
  if (table.primaryKey.length > 0) lines.push(`  PRIMARY KEY (${table.primaryKey.map(quoteName).join(', ')})`)
  return `\nCREATE TABLE ${quoteName(table.name)} (\n${lines.join(',\n')}\n);`
}

const uniqueConstraints = (tables: TableRows[]): string[] =>
  tables.flatMap(({ name, uniqueColumns }) =>
    uniqueColumns.map((column) => `\nALTER TABLE ${quoteName(name)} ADD UNIQUE (${quoteName(column)});`),
  )

/** Those that PostgreSQL takes: to a column of this script that is known to be unique. */
const foreignKeys = (tables: TableRows[]): string[] => {
  const referable = new Set(
    tables.flatMap(({ name, primaryKey, uniqueColumns }) =>
      [...(primaryKey.length === 1 ? primaryKey : []), ...uniqueColumns].map((column) => idOf(name, column)),
    ),
  )
  return tables.flatMap((table) =>
    table.foreignKeys
      .filter(({ references }) => referable.has(idOf(references.table, references.column)))
      .map(
        ({ column, references }) =>
          `\nALTER TABLE ${quoteName(table.name)} ADD FOREIGN KEY (${quoteName(column)})` +
          ` REFERENCES ${quoteName(references.table)} (${quoteName(references.column)});`,
      ),
  )
}

const idOf = (table: string, column: string): string => JSON.stringify([table, column])
