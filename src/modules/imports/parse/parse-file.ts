import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import { type InspectedTable, type Inspection, isStored } from './inspect-rows.ts'
import { startParseChild } from './parse-child.ts'
import { childMessageSchema, type FileFormat, writeRequest } from './parse-messages.ts'
import { readFrames } from './read-frames.ts'
import { createTimeBudget } from './time-budget.ts'

export type ParseOptions = {
  path: string
  format: FileFormat
  /** What the table is called when the file does not name it. */
  tableName?: string
  limits: {
    /** Of all tables together, rows that cannot be read included. */
    maxRows: number
    maxColumns?: number
    maxCellBytes?: number
    /** Of the process that reads. */
    maxHeapMegabytes?: number
    /** Time that the parser may take, that which the reader of the rows takes not counted. */
    maxSeconds: number
  }
  signal?: AbortSignal | undefined
  /** From 0 to 1, never back: the first half is the inspection, the second the rows. */
  onProgress?: (fraction: number) => void
}

export type ParsedTable = {
  table: InspectedTable
  /** COPY text of the table's columns, each chunk whole rows. Read once; what is left when the next table is asked for is lost. */
  rows: AsyncIterable<Buffer>
}

export type ParsedFile = AsyncDisposable & {
  inspected: Promise<Inspection>
  /** The tables that have columns, in the order of the inspection. Can be read once. */
  tables: () => AsyncGenerator<ParsedTable>
  /** Ends the process, if it still runs, and resolves when it is gone. */
  close: () => Promise<void>
}

/**
 * Reads a file that somebody uploaded in a process of its own: what a hostile file can break is that process.
 * Tables without columns are in the inspection for their bad rows; `tables` leaves them out.
 *
 * Errors are `PermanentFailure`s: FILE_NOT_READABLE, TOO_MANY_ROWS, TOO_MANY_COLUMNS, PARSER_RAN_OUT_OF_MEMORY,
 * PARSER_TIMED_OUT, PARSER_CRASHED; after an abort, the signal's reason.
 */
export const parseFile = (options: ParseOptions): ParsedFile => {
  options.signal?.throwIfAborted()
  const child = startParseChild(taskOf(options), options.limits.maxHeapMegabytes ?? 512)
  const inspection = Promise.withResolvers<Inspection>()
  let failure: unknown
  const fail = (reason: unknown): void => {
    failure ??= reason
    inspection.reject(failure)
    child.process.kill('SIGKILL')
    child.rows.destroy()
  }
  const onAbort = (): void => fail(options.signal?.reason)
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const budget = createTimeBudget(options.limits.maxSeconds, () =>
    fail(
      new PermanentFailure(
        'PARSER_TIMED_OUT',
        `Reading the file took more than ${options.limits.maxSeconds} s.`,
      ),
    ),
  )
  listen(child.process, { inspected: inspection.resolve, fail, onProgress: options.onProgress })
  const gone = child.ended.then((reason) => {
    options.signal?.removeEventListener('abort', onAbort)
    if (reason !== undefined) fail(reason)
    else inspection.reject(closedEarly())
  })
  const inspected = budget.spend(() => inspection.promise)
  // Who only reads the tables, or only closes, has not asked for it.
  inspected.catch(() => undefined)

  const nextFrame = async (frames: AsyncGenerator<Buffer | undefined>): Promise<Buffer | undefined> => {
    try {
      const frame = await budget.spend(() => frames.next())
      if (!frame.done) return frame.value
    } catch (error) {
      throw failure ?? error
    }
    await gone
    throw failure ?? closedEarly()
  }

  async function* tables(): AsyncGenerator<ParsedTable> {
    const stored = (await inspected).tables.filter(isStored)
    child.process.send(writeRequest, () => undefined)
    const frames = readFrames(child.rows)
    for (const table of stored) {
      let ended = false
      const rows = async function* (): AsyncGenerator<Buffer> {
        while (!ended) {
          const frame = await nextFrame(frames)
          if (frame === undefined) ended = true
          else yield frame
        }
      }
      yield { table, rows: rows() }
      while (!ended) ended = (await nextFrame(frames)) === undefined
    }
    options.onProgress?.(1)
    child.process.disconnect()
  }

  const close = async (): Promise<void> => {
    fail(closedEarly())
    await gone
  }
  return { inspected, tables, close, [Symbol.asyncDispose]: close }
}

const taskOf = ({ path, format, tableName = 'rows', limits }: ParseOptions) => ({
  path,
  format,
  tableName,
  limits: {
    maxRows: limits.maxRows,
    maxColumns: limits.maxColumns ?? 500,
    maxCellBytes: limits.maxCellBytes ?? 1024 ** 2,
  },
})

const closedEarly = (): PermanentFailure =>
  new PermanentFailure('PARSER_CRASHED', 'The process that read the file ended before all was read.')

const listen = (
  process: { on: (event: 'message', listener: (message: unknown) => void) => unknown },
  {
    inspected,
    fail,
    onProgress,
  }: {
    inspected: (inspection: Inspection) => void
    fail: (reason: unknown) => void
    onProgress: ((fraction: number) => void) | undefined
  },
): void => {
  process.on('message', (received) => {
    const { data: message, error } = childMessageSchema.safeParse(received)
    if (message === undefined) {
      fail(
        new PermanentFailure('PARSER_CRASHED', 'The process that read the file said what is not known.', {
          cause: error,
        }),
      )
    } else if (message.kind === 'progress') onProgress?.(message.fraction)
    else if (message.kind === 'inspected') inspected(message.inspection)
    else fail(new PermanentFailure(message.code, message.message))
  })
}
