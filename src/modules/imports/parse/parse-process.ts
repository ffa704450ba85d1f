import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import { createInspector, type InspectedTable, isStored } from './inspect-rows.ts'
import {
  type ChildMessage,
  frameHeaderBytes,
  outOfMemoryCode,
  type ParseTask,
  parseTaskSchema,
  rowsDescriptor,
  writeRequest,
} from './parse-messages.ts'
import { notReadable, type SourceFile, type TableSink } from './source-rows.ts'
import { createRowWriter, type TakeRows } from './write-rows.ts'

// The child of `parse-file.ts`: reads one file, twice, and ends.

type ReadTables = (file: SourceFile, sink: TableSink) => Promise<void>

/** Each child loads the libraries of one format. */
const readers: Record<ParseTask['format'], () => Promise<ReadTables>> = {
  csv: async () => (await import('./csv-records.ts')).readCsv,
  json: async () => (await import('./json-records.ts')).readJson,
  ndjson: async () => (await import('./ndjson-records.ts')).readNdjson,
  xlsx: async () => (await import('./xlsx-records.ts')).readXlsx,
  parquet: async () => (await import('./parquet-records.ts')).readParquet,
}

const say = (message: ChildMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, () => resolve()))

const run = async (task: ParseTask): Promise<void> => {
  const { size } = await stat(task.path)
  const file: SourceFile = { ...task, sizeBytes: size }
  const readTables = await readers[task.format]()
  const progress = progressReports()

  const inspector = createInspector(task.limits, (fraction) => progress(fraction / 2))
  await readTables(file, inspector.sink)
  const { tables } = inspector.inspection()
  checkTables(tables)
  const rowsWanted = once(process, 'message')
  await say({
    kind: 'inspected',
    inspection: { tables: tables.filter((table) => isStored(table) || table.badRows > 0) },
  })
  const [request] = await rowsWanted
  if (request !== writeRequest) throw new Error('Unknown request')

  const rows = new Socket({ fd: rowsDescriptor, readable: false, writable: true })
  // Nobody reads on: the parent is gone or wants no more.
  rows.on('error', () => process.exit(0))
  const writer = createRowWriter(tables, task.limits, frameWriter(rows), (fraction) =>
    progress((1 + fraction) / 2),
  )
  await readTables(file, writer.sink)
  await writer.finish()
  rows.end()
  await once(rows, 'finish')
}

const checkTables = (tables: InspectedTable[]): void => {
  const nameless = tables.find((table) => !isStored(table) && table.rowCount > 0)
  if (nameless !== undefined) throw notReadable(`The rows of "${nameless.label}" have no values.`)
  if (tables.some((table) => isStored(table) && (table.rowCount > 0 || table.badRows === 0))) return
  const fault = tables.flatMap(({ badRowSamples }) => badRowSamples)[0]
  throw notReadable(
    fault === undefined
      ? 'The file holds no table.'
      : `No row can be read. Line ${fault.line}: ${fault.message}`,
  )
}

const frameWriter =
  (rows: Socket): TakeRows =>
  async (bytes) => {
    const header = Buffer.alloc(frameHeaderBytes)
    header.writeUInt32LE(bytes?.length ?? 0)
    rows.write(header)
    const goesOn = bytes === undefined || rows.write(bytes)
    if (!goesOn) await once(rows, 'drain')
  }

const progressIntervalMs = 200

const progressReports = (): ((fraction: number) => void) => {
  let last = 0
  let highest = 0
  return (fraction) => {
    const now = performance.now()
    if (now - last < progressIntervalMs || !(fraction > highest)) return
    last = now
    highest = Math.min(fraction, 1)
    void say({ kind: 'progress', fraction: highest })
  }
}

/** Memory outside of V8's heap, which its own limit does not count: buffers and what DuckDB holds. */
const mostResidentBytes = 1024 * 1024 ** 2
const memoryCheckMs = 100

const watchMemory = (): void => {
  setInterval(() => {
    if (process.memoryUsage.rss() > mostResidentBytes) process.exit(outOfMemoryCode)
  }, memoryCheckMs).unref()
}

const failureOf = (error: unknown): { code: string; message: string } | undefined => {
  if (error instanceof PermanentFailure) return { code: error.code, message: error.message }
  if (error instanceof RangeError && /allocation failed/i.test(error.message)) {
    return { code: 'PARSER_RAN_OUT_OF_MEMORY', message: 'The file takes too much memory to read.' }
  }
  return undefined
}

// The process stays until its parent lets go of it, also when all is written: at a child's exit Node.js throws away what
// nobody has read from its pipes.
process.once('disconnect', () => process.exit(0))
watchMemory()
try {
  await run(parseTaskSchema.parse(JSON.parse(process.argv[2] ?? '')))
} catch (error) {
  const failure = failureOf(error)
  // Anything else is a fault of ours: it ends the process, and the parent logs what it wrote.
  if (failure === undefined) throw error
  await say({ kind: 'failed', ...failure })
  process.exit(1)
}
