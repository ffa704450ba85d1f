import { setTimeout as sleep } from 'node:timers/promises'
import type { BulkConnection, BulkConnections } from '../../platform/database/bulk-connections.ts'
import { copyIn } from '../../platform/database/copy.ts'
import type { Db } from '../../platform/database/database.ts'
import { type Chunk, finishChunk, isOtherWorkWaiting, takeChunk } from './chunks.repository.ts'
import type { CompiledTable } from './generator/compiled-table.ts'
import { writeRows } from './generator/write-rows.ts'
import { rowNumberColumn, tableSchemaOf } from './table-storage.ts'

/** So much is lost when a worker dies, and so often progress is committed. */
const chunkBytes = 4 * 1024 * 1024
const fewestChunkRows = 1_000
const mostChunkRows = 50_000
const sampleRows = 40
const mostSampledBytes = 512 * 1024

/** How many rows a chunk of each table has. */
export const chunkRowsOf = (tables: CompiledTable[]): number[] =>
  tables.map((table) => {
    const rows = Math.floor(chunkBytes / bytesPerRow(table))
    return Math.min(Math.max(rows, fewestChunkRows), mostChunkRows)
  })

/** What a row takes as text, by rows from all over the table. Very long rows are fewer: they are enough. */
export const bytesPerRow = ({ fields, rowCount }: CompiledTable): number => {
  const rows = Math.min(rowCount, sampleRows)
  let bytes = 0
  let sampled = 0
  while (sampled < rows && bytes < mostSampledBytes) {
    const first = Math.floor((sampled * rowCount) / rows)
    for (const chunk of writeRows(fields, { first, end: first + 1, numbered: true }))
      bytes += chunk.bytes.length
    sampled += 1
  }
  return Math.max(1, bytes / Math.max(1, sampled))
}

type WriteOptions = {
  signal: AbortSignal
  /** An assistant leaves when there is no chunk to take, or when somebody else's dataset waits; the other stays to the end. */
  assisting: boolean
  /** Called a few times a second with the rows that this writer has in hand. Says how many chunks are not done. */
  onProgress?: (rowsInHand: number) => Promise<number>
}

const progressMs = 300
const waitForOthersMs = 100

/**
 * Takes and writes chunks. Each is committed with the note that it is done, so that none is written twice.
 * @returns how many rows this writer has written
 */
export const writeChunks = async (
  { db, bulk }: { db: Db; bulk: BulkConnections },
  datasetId: string,
  tables: CompiledTable[],
  { signal, assisting, onProgress }: WriteOptions,
): Promise<number> => {
  let written = 0
  let rowsInHand = 0
  let openChunks = 1
  let toldAt = 0
  const tell = async () => {
    if (onProgress === undefined || performance.now() - toldAt < progressMs) return
    toldAt = performance.now()
    openChunks = await onProgress(rowsInHand)
  }
  const onRows = (rows: number) => {
    rowsInHand += rows
    return tell()
  }
  while (openChunks > 0) {
    rowsInHand = 0
    const rows = await bulk.use(signal, (connection) =>
      writeChunk(connection, datasetId, tables, { signal, onRows }),
    )
    rowsInHand = 0
    written += rows ?? 0
    if (assisting && (rows === undefined || (await isOtherWorkWaiting(db)))) break
    if (rows === undefined) toldAt = 0
    await tell()
    if (rows === undefined && openChunks > 0) await sleep(waitForOthersMs, undefined, { signal })
  }
  return written
}

/** @returns how many rows were written, or undefined when there was nothing to take */
const writeChunk = (
  { db, client }: BulkConnection,
  datasetId: string,
  tables: CompiledTable[],
  { signal, onRows }: { signal: AbortSignal; onRows: (rows: number) => Promise<void> },
): Promise<number | undefined> =>
  db.transaction(async (tx) => {
    const chunk = await takeChunk(tx, datasetId)
    const table = chunk && tables[chunk.position]
    if (chunk === undefined || table === undefined) return undefined
    const target = {
      schema: tableSchemaOf(datasetId),
      table: table.name,
      columns: [rowNumberColumn, ...table.columns.map(({ name }) => name)],
    }
    const rows = await copyIn(client, target, chunkRows(table, chunk, onRows), signal)
    if (rows !== chunk.end - chunk.first)
      throw new Error('COPY took another number of rows than it was given')
    await finishChunk(tx, datasetId, chunk)
    return rows
  })

async function* chunkRows(
  { fields }: CompiledTable,
  { first, end }: Chunk,
  onRows: (rows: number) => Promise<void>,
): AsyncGenerator<Buffer> {
  for (const { bytes, rowCount } of writeRows(fields, { first, end, numbered: true })) {
    yield bytes
    await onRows(rowCount)
  }
}
