import { type ByteSink, newSink, writeByte, writeText } from '../../../platform/rows/byte-sink.ts'
import { escapeSince, lineFeed, tab, writeNull } from '../../../platform/rows/copy-text.ts'
import { cellConversion } from './cell-text.ts'
import { type InspectedTable, isStored } from './inspect-rows.ts'
import { faultOf, type ParseLimits, type TableSink } from './source-rows.ts'

/** Whole rows as COPY text; `undefined` ends a table. Resolves when more may come. */
export type TakeRows = (bytes: Buffer | undefined) => Promise<void>

const chunkBytes = 64 * 1024
/** Of one UTF-16 unit: 3 bytes of UTF-8, or one that is escaped; a character hidden behind another takes 4. */
const mostBytesOfUnit = 4

type OpenTable = { table: InspectedTable; columns: ColumnWriter[]; written: number }
type ColumnWriter = ((text: string) => string) | undefined

/** The second reading: writes each row of each stored table, in the order and number of the inspection. */
export const createRowWriter = (
  tables: InspectedTable[],
  limits: ParseLimits,
  take: TakeRows,
  onProgress: (fraction: number) => void,
): { sink: TableSink; finish: () => Promise<void> } => {
  let open: OpenTable | undefined
  let tablesSeen = 0
  let bytes = newSink(chunkBytes)
  let full: (Buffer | undefined)[] = []

  const cut = (): void => {
    if (bytes.at === 0) return
    full.push(bytes.bytes.subarray(0, bytes.at))
    bytes = newSink(chunkBytes)
  }
  const endTable = (): void => {
    if (open === undefined) return
    if (open.written !== open.table.rowCount) throw new Error('The file changed while it was read')
    cut()
    if (isStored(open.table)) full.push(undefined)
    open = undefined
  }
  const taken = async (): Promise<void> => {
    const chunks = full
    full = []
    for (const chunk of chunks) await take(chunk)
  }

  const sink: TableSink = {
    startTable: () => {
      endTable()
      const table = tables[tablesSeen]
      tablesSeen += 1
      if (table === undefined) throw new Error('The file changed while it was read')
      open = { table, columns: table.columns.map(cellConversion), written: 0 }
    },
    row: (_line, cells) => {
      if (open === undefined) throw new Error('A row came before its table')
      if (faultOf(cells, open.table.columns, limits.maxCellBytes) !== undefined) return
      open.written += 1
      if (open.columns.length === 0) return
      const most = mostBytesOfRow(cells, open.columns.length)
      if (bytes.at > 0 && bytes.at + most > bytes.bytes.length) cut()
      if (most > bytes.bytes.length) bytes = newSink(most)
      writeRow(bytes, cells, open.columns)
    },
    badRow: () => undefined,
    taken,
    progress: onProgress,
  }
  const finish = async (): Promise<void> => {
    endTable()
    if (tablesSeen !== tables.length) throw new Error('The file changed while it was read')
    await taken()
  }
  return { sink, finish }
}

/** Longest value of a fixed length is a time stamp or a UUID; a double may grow by its exponent. */
const mostBytesOfFixed = 40

const mostBytesOfRow = (cells: readonly (string | null)[], columnCount: number): number => {
  let units = 0
  for (const text of cells) if (text !== null && text !== undefined) units += text.length
  return units * mostBytesOfUnit + columnCount * mostBytesOfFixed
}

const writeRow = (
  sink: ByteSink,
  cells: readonly (string | null)[],
  columns: readonly ColumnWriter[],
): void => {
  for (let index = 0; index < columns.length; index += 1) {
    const text = cells[index]
    if (text === null || text === undefined) writeNull(sink)
    else {
      const convert = columns[index]
      writeEscaped(sink, convert === undefined ? text : convert(text))
    }
    writeByte(sink, tab)
  }
  // The last tab ends the row.
  sink.bytes[sink.at - 1] = lineFeed
}

/** Below this a loop is faster than a call into native code. */
const shortText = 40

const writeEscaped = (sink: ByteSink, text: string): void => {
  const start = sink.at
  if (text.length <= shortText && writeAscii(sink, text)) return
  sink.at = start
  writeText(sink, text)
  escapeSince(sink, start)
}

/** False when there is a character that takes more than one byte. */
const writeAscii = (sink: ByteSink, text: string): boolean => {
  const start = sink.at
  const { bytes } = sink
  let at = start
  let special = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 127) return false
    if (code === 92 || code === 9 || code === 10 || code === 13) special = true
    bytes[at] = code
    at += 1
  }
  sink.at = at
  if (special) escapeSince(sink, start)
  return true
}
