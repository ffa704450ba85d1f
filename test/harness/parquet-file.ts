import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { encodeParquet } from '../../src/modules/exports/formats/parquet.ts'
import { newSink, writeByte, writeText } from '../../src/platform/rows/byte-sink.ts'
import type { Column } from '../../src/platform/rows/column.ts'
import { escapeSince, lineFeed, tab, writeNull } from '../../src/platform/rows/copy-text.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

export type Cell = string | null

/** Rows as COPY text, in one chunk. */
export const copyText = (rows: Cell[][]): Buffer => {
  const sink = newSink(rows.reduce((sum, cells) => cells.reduce((all, cell) => all + most(cell), sum), 1))
  for (const cells of rows) {
    for (const cell of cells) {
      const start = sink.at
      if (cell === null) writeNull(sink)
      else {
        writeText(sink, cell)
        escapeSince(sink, start)
      }
      writeByte(sink, tab)
    }
    sink.bytes[sink.at - 1] = lineFeed
  }
  return sink.bytes.subarray(0, sink.at)
}

const most = (cell: Cell): number => 6 * (cell?.length ?? 0) + 3

/** Small enough that little data makes several row groups. */
export type Limits = Parameters<typeof encodeParquet>[1]
export const usualLimits: Limits = { rows: 128 * 1024, bytes: 32 * 1024 ** 2 }

/** Writes Parquet files and reads them by DuckDB. */
export const openParquetFiles = async () => {
  const directory = makeTemporaryDirectory()
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  let written = 0
  // DuckDB remembers what was in a file, so each has its own name.
  const file = () => path.join(directory, `${written}.parquet`)
  return {
    write: async (
      columns: Column[],
      chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
      limits: Limits = usualLimits,
    ): Promise<void> => {
      written += 1
      const rows = Readable.from(chunks)
      await pipeline(encodeParquet({ columns, rows }, limits), createWriteStream(file()))
    },
    /** The answer's cells as text. `file` in the query stands for the last file. */
    query: async (sql: string): Promise<Cell[][]> => {
      const answer = await connection.runAndReadAll(sql.replaceAll(/\bfile\b/g, `'${file()}'`))
      return answer.getRowsJson().map((row) => row.map((cell) => (cell === null ? null : String(cell))))
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
      removeTemporaryDirectory(directory)
    },
  }
}
