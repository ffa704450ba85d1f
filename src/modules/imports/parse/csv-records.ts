import { detectDelimiter, nextLine, scanRecord } from './csv-scan.ts'
import { readPieces } from './read-pieces.ts'
import {
  checkColumnCount,
  longestRowBytes,
  notReadable,
  type RowFault,
  rowTooLong,
  type SourceFile,
  type TableSink,
} from './source-rows.ts'

/** What is read, and not yet scanned: one UTF-16 unit a byte. */
type Window = { text: string; at: number; isLast: boolean }

const detectBytes = 64 * 1024

/**
 * CSV with a line of names first; delimiter, line breaks and a byte order mark are found out.
 *
 * A row that cannot be read costs its first line and no more: reading goes on at the next line, so that one stray quote
 * does not swallow what follows. (That, and exact UTF-8 and line numbers, is why this is not csv-parse: after a stray quote
 * it drops all rows up to the next quote that fits.)
 */
export const readCsv = async (file: SourceFile, sink: TableSink): Promise<void> => {
  const pieces = readPieces(file.path)
  try {
    const window: Window = { text: '', at: 0, isLast: false }
    while (window.text.length < detectBytes && !window.isLast) await readOn(window, pieces)
    skipByteOrderMark(window)
    const told = takeDelimiterLine(window)
    const delimiter = told ?? detectDelimiter(window.text.slice(window.at), window.isLast)
    const header = await readHeader(window, pieces, delimiter, told === undefined ? 1 : 2)
    const columns = header.cells.map((label, index) => ({ label: label ?? `column_${index + 1}` }))
    checkColumnCount(columns.length, file.limits)
    sink.startTable(file.tableName, columns)
    await readRows(file, window, pieces, { delimiter, width: columns.length, line: header.line }, sink)
  } finally {
    await pieces.return(undefined)
  }
}

const readRows = async (
  file: SourceFile,
  window: Window,
  pieces: AsyncGenerator<Buffer>,
  { delimiter, width, line: firstLine }: { delimiter: number; width: number; line: number },
  sink: TableSink,
): Promise<void> => {
  const kinds = new Array<'open'>(width).fill('open')
  let line = firstLine
  let position = 0
  for (;;) {
    while (window.at < window.text.length) {
      const scan = scanRecord(window.text, window.at, delimiter, window.isLast)
      if (scan.outcome === 'record') {
        const { cells } = scan
        const isBlank = cells.length === 1 && cells[0] === null
        if (cells.length === width) sink.row(line, cells, kinds)
        else if (!isBlank) sink.badRow(line, wrongCount(cells.length, width))
        window.at = scan.end
        line += scan.lines
        continue
      }
      if (scan.outcome === 'more' && !window.isLast && window.text.length - window.at <= longestRowBytes)
        break
      const fault = scan.outcome === 'fault' ? scan : window.isLast ? unclosedQuote : rowTooLong
      const next = nextLine(window.text, window.at, window.isLast)
      sink.badRow(line, fault)
      if (next === undefined) await skipLine(window, pieces)
      else window.at = next
      line += 1
    }
    await sink.taken()
    if (window.isLast) return
    position += await readOn(window, pieces)
    sink.progress(position / file.sizeBytes)
  }
}

const wrongCount = (count: number, width: number): RowFault => ({
  code: 'WRONG_CELL_COUNT',
  message: `The row has ${count} cells, the header ${width}.`,
})

const unclosedQuote: RowFault = {
  code: 'UNCLOSED_QUOTE',
  message: 'A quote is opened and not closed up to the end of the file.',
}

/** Takes in about as much as is left over, so that a long record is not scanned again for each small piece. */
const readOn = async (window: Window, pieces: AsyncGenerator<Buffer>): Promise<number> => {
  const parts = [window.text.slice(window.at)]
  const wanted = window.text.length - window.at
  let read = 0
  do {
    const next = await pieces.next()
    if (next.done) {
      window.isLast = true
      break
    }
    parts.push(next.value.toString('latin1'))
    read += next.value.length
  } while (read < wanted)
  window.text = parts.join('')
  window.at = 0
  return read
}

/** A line that is longer than all that is held. */
const skipLine = async (window: Window, pieces: AsyncGenerator<Buffer>): Promise<void> => {
  let next: number | undefined
  while (next === undefined) {
    window.at = Math.max(0, window.text.length - 1)
    await readOn(window, pieces)
    next = nextLine(window.text, window.at, window.isLast)
  }
  window.at = next
}

const skipByteOrderMark = (window: Window): void => {
  if (window.text.startsWith('\xff\xfe') || window.text.startsWith('\xfe\xff')) {
    throw notReadable('The file is in UTF-16. Save it as UTF-8.')
  }
  if (window.text.startsWith('\xef\xbb\xbf')) window.at = 3
}

/** Excel tells the delimiter in a line of its own before the names: `sep=;`. */
const takeDelimiterLine = (window: Window): number | undefined => {
  const told = /^"?sep=([^"\r\n])"?(?:\r\n|\r|\n)/i.exec(window.text.slice(window.at, window.at + 16))
  if (told === null) return undefined
  window.at += told[0].length
  return told[1]?.charCodeAt(0)
}

const readHeader = async (
  window: Window,
  pieces: AsyncGenerator<Buffer>,
  delimiter: number,
  firstLine: number,
): Promise<{ cells: (string | null)[]; line: number }> => {
  for (let line = firstLine; ; ) {
    if (window.at === window.text.length && window.isLast)
      throw notReadable('The file is empty: it has no line of names.')
    const scan = scanRecord(window.text, window.at, delimiter, window.isLast)
    if (scan.outcome === 'fault') throw notReadable(`Line ${line}, the names of the columns: ${scan.message}`)
    if (scan.outcome === 'more') {
      if (window.isLast) throw notReadable(`Line ${line}, the names of the columns: ${unclosedQuote.message}`)
      if (window.text.length > longestRowBytes)
        throw notReadable(`Line ${line}, the names of the columns: too long.`)
      await readOn(window, pieces)
      continue
    }
    window.at = scan.end
    line += scan.lines
    if (scan.cells.length === 1 && scan.cells[0] === null) continue
    if (scan.cells.some((cell) => cell?.includes('\0'))) throw notReadable('The file is not text in UTF-8.')
    return { cells: scan.cells, line }
  }
}
