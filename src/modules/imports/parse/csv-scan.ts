import { isUtf8 } from 'node:buffer'

/**
 * One record of CSV. Source: RFC 4180, and what is common beside it: lines that end with CR, LF or both, other delimiters,
 * and quotes within a cell that did not begin with one, which stand for themselves.
 *
 * The text has one UTF-16 unit a byte (latin1), so that positions are those of the file. Cells come decoded from UTF-8.
 * `more`: the record goes on after the end of the text.
 */
export type CsvScan =
  | { outcome: 'record'; cells: (string | null)[]; end: number; lines: number }
  | { outcome: 'fault'; code: string; message: string }
  | { outcome: 'more'; withinQuotes: boolean }

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** @param isLast the text goes up to the end of the file. An empty cell is null without quotes, and '' within them. */
export const scanRecord = (text: string, start: number, delimiter: number, isLast: boolean): CsvScan => {
  const cells: (string | null)[] = []
  let lines = 0
  let invalid = false
  let at = start
  for (;;) {
    let cell: string | null
    if (text.charCodeAt(at) === quote) {
      const quoted = scanQuoted(text, at + 1, isLast)
      if (typeof quoted === 'string') return { outcome: 'more', withinQuotes: quoted === 'within' }
      cell = decode(quoted.content, quoted.bits)
      invalid ||= cell === null
      lines += quoted.lines
      at = quoted.end
      if (at < text.length && !endsCell(text.charCodeAt(at), delimiter)) {
        return { outcome: 'fault', code: 'QUOTE_WITHIN_CELL', message: 'Text follows a closing quote.' }
      }
    } else {
      const from = at
      let bits = 0
      for (; at < text.length; at += 1) {
        const code = text.charCodeAt(at)
        if (endsCell(code, delimiter)) break
        bits |= code
      }
      if (at === text.length && !isLast) return { outcome: 'more', withinQuotes: false }
      const raw = at === from ? null : text.slice(from, at)
      cell = raw === null ? null : decode(raw, bits)
      invalid ||= raw !== null && cell === null
    }
    cells.push(cell)
    if (at < text.length && text.charCodeAt(at) === delimiter) {
      at += 1
      if (at === text.length && !isLast) return { outcome: 'more', withinQuotes: false }
      continue
    }
    const end = lineEnd(text, at)
    // A CR at the end may be the first half of a CRLF.
    if (end === text.length && !isLast && text.charCodeAt(end - 1) !== lineFeed) {
      return { outcome: 'more', withinQuotes: false }
    }
    if (invalid)
      return {
        outcome: 'fault',
        code: 'INVALID_UTF8',
        message: 'A cell is not valid UTF-8. Save the file as UTF-8.',
      }
    return { outcome: 'record', cells, end, lines: lines + 1 }
  }
}

const endsCell = (code: number, delimiter: number): boolean =>
  code === delimiter || code === lineFeed || code === carriageReturn

/** `end`: after the closing quote. A string says that there is none, `edge` that the last character may be one. */
const scanQuoted = (
  text: string,
  start: number,
  isLast: boolean,
): { content: string; bits: number; end: number; lines: number } | 'within' | 'edge' => {
  let bits = 0
  let lines = 0
  let doubled = false
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    bits |= code
    if (code === lineFeed) lines += 1
    else if (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed) lines += 1
    else if (code === quote) {
      if (at + 1 === text.length && !isLast) return 'edge'
      if (text.charCodeAt(at + 1) === quote) {
        doubled = true
        at += 1
        continue
      }
      const content = text.slice(start, at)
      return { content: doubled ? content.replaceAll('""', '"') : content, bits, end: at + 1, lines }
    }
  }
  return 'within'
}

/** Null when the bytes are no UTF-8. `bits`: of all units together, to know ASCII at once. */
const decode = (latin1: string, bits: number): string | null => {
  if (bits < 128) return latin1
  const bytes = Buffer.from(latin1, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : null
}

/** After the line break at `at`, or at the end of the text. */
const lineEnd = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (code === carriageReturn) return text.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1
  return code === lineFeed ? at + 1 : at
}

/** The start of the next line, whatever the quotes say. Undefined: not in this text. */
export const nextLine = (text: string, start: number, isLast: boolean): number | undefined => {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code !== lineFeed && code !== carriageReturn) continue
    if (code === carriageReturn && at + 1 === text.length && !isLast) return undefined
    return lineEnd(text, at)
  }
  return isLast ? text.length : undefined
}

const delimiters = [',', ';', '\t', '|'].map((character) => character.charCodeAt(0))
const sampledRecords = 50

/** The delimiter with which the most of the first records have as many cells as the header. */
export const detectDelimiter = (text: string, isLast: boolean): number => {
  let best = { delimiter: delimiters[0] ?? 0, alike: 0, width: 1 }
  for (const delimiter of delimiters) {
    let width = 0
    let alike = 0
    for (let at = 0, count = 0; at < text.length && count < sampledRecords; count += 1) {
      const scan = scanRecord(text, at, delimiter, isLast)
      if (scan.outcome === 'more') break
      const end = scan.outcome === 'record' ? scan.end : nextLine(text, at, isLast)
      if (end === undefined) break
      at = end
      if (scan.outcome !== 'record') continue
      if (width === 0) width = scan.cells.length
      if (scan.cells.length === width) alike += 1
    }
    if (width < 2) continue
    if (alike > best.alike || (alike === best.alike && width > best.width)) best = { delimiter, alike, width }
  }
  return best.delimiter
}
