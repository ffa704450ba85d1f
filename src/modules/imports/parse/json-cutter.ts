import type { TakeElement } from './json-table.ts'
import { longestRowBytes, notReadable } from './source-rows.ts'

/** Of the value (a row, or the name of a table) that is being cut: what earlier pieces hold of it, and where it stands. */
type CutValue = {
  kind: 'row' | 'name'
  line: number
  held: Buffer[]
  heldBytes: number
  depth: number
  withinString: boolean
  escaped: boolean
}

type Cutter = {
  startTable: (name: string | undefined) => TakeElement
  take: TakeElement
  /** Where in the outermost levels of the document the next byte stands. */
  place: 'start' | 'tables' | 'colon' | 'array' | 'rows' | 'after-row' | 'after-table' | 'end'
  withinObject: boolean
  /** What was opened last is empty so far: it may close where one of its parts may stand. */
  mayClose: boolean
  name: string
  line: number
  value: CutValue | undefined
}

/**
 * Cuts an array of rows, or an object of such arrays, into its rows without parsing them, so that a document of any length
 * takes the memory of one row. What stands between the rows is checked; a row is checked by whoever takes it.
 * @param startTable name of a table; undefined for the one of a document that is an array
 */
export const createJsonCutter = (
  startTable: (name: string | undefined) => TakeElement,
): { push: (piece: Buffer) => void; end: () => void } => {
  const cutter: Cutter = {
    startTable,
    take: () => undefined,
    place: 'start',
    withinObject: false,
    mayClose: true,
    name: '',
    line: 1,
    value: undefined,
  }
  return { push: (piece) => cutPiece(cutter, piece), end: () => checkEnd(cutter) }
}

const cutPiece = (cutter: Cutter, piece: Buffer): void => {
  let at = 0
  while (at < piece.length) {
    if (cutter.value === undefined) {
      const byte = piece[at] as number
      if (byte === lineFeed) cutter.line += 1
      const isSpace = byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09
      if (!isSpace) step(cutter, byte)
      // A value begins with this byte.
      if (cutter.value === undefined) at += 1
      continue
    }
    const end = findValueEnd(cutter, cutter.value, piece, at)
    if (end === undefined) {
      hold(cutter.value, piece.subarray(at))
      return
    }
    endValue(cutter, cutter.value, piece.subarray(at, end))
    at = end
  }
}

const lineFeed = 0x0a
const backslash = 0x5c
const quote = 0x22
const comma = 0x2c

/** What a byte between values, which is no space, means. */
const step = (cutter: Cutter, byte: number): void => {
  const { place, mayClose } = cutter
  const character = String.fromCharCode(byte)
  if (place === 'start' && character === '[') openTable(cutter, undefined)
  else if (place === 'start' && character === '{') {
    cutter.withinObject = true
    cutter.place = 'tables'
  } else if (place === 'tables' && byte === quote) startValue(cutter, 'name')
  else if (place === 'tables' && mayClose && character === '}') cutter.place = 'end'
  else if (place === 'colon' && character === ':') cutter.place = 'array'
  else if (place === 'array' && character === '[') openTable(cutter, cutter.name)
  else if (place === 'rows' && !',]}'.includes(character)) startValue(cutter, 'row')
  else if (character === ']' && ((place === 'rows' && mayClose) || place === 'after-row')) {
    cutter.place = cutter.withinObject ? 'after-table' : 'end'
  } else if (place === 'after-row' && byte === comma) goOn(cutter, 'rows')
  else if (place === 'after-table' && byte === comma) goOn(cutter, 'tables')
  else if (place === 'after-table' && character === '}') cutter.place = 'end'
  else throw unexpected(cutter.line, byte)
}

const unexpected = (line: number, byte: number): Error => {
  const shown = byte > 32 && byte < 127 ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`
  return notReadable(
    `Line ${line}: unexpected ${shown}. A JSON file has to be an array of objects, or an object of such arrays.`,
  )
}

const openTable = (cutter: Cutter, name: string | undefined): void => {
  cutter.take = cutter.startTable(name)
  cutter.place = 'rows'
  cutter.mayClose = true
}

const goOn = (cutter: Cutter, place: 'rows' | 'tables'): void => {
  cutter.place = place
  cutter.mayClose = false
}

const startValue = (cutter: Cutter, kind: CutValue['kind']): void => {
  const { line } = cutter
  cutter.value = { kind, line, held: [], heldBytes: 0, depth: 0, withinString: false, escaped: false }
}

/** The index after the value's last byte; undefined: it goes on in the next piece. */
const findValueEnd = (cutter: Cutter, value: CutValue, piece: Buffer, start: number): number | undefined => {
  for (let index = start; index < piece.length; index += 1) {
    const byte = piece[index] as number
    if (byte === lineFeed) cutter.line += 1
    if (value.withinString) {
      if (value.escaped) value.escaped = false
      else if (byte === backslash) value.escaped = true
      else if (byte === quote) {
        value.withinString = false
        if (value.depth === 0) return index + 1
      }
    } else if (byte === quote) value.withinString = true
    else if (byte === 0x7b || byte === 0x5b) value.depth += 1
    else if (byte === 0x7d || byte === 0x5d) {
      // At depth 0 it closes what is around a bare number or word.
      if (value.depth === 0) return index
      value.depth -= 1
      if (value.depth === 0) return index + 1
    } else if (byte === comma && value.depth === 0) return index
  }
  return undefined
}

const hold = (value: CutValue, bytes: Buffer): void => {
  value.heldBytes += bytes.length
  if (value.heldBytes > longestRowBytes) {
    throw notReadable(`The value that begins at line ${value.line} has more than ${longestRowBytes} bytes.`)
  }
  value.held.push(bytes)
}

const endValue = (cutter: Cutter, value: CutValue, last: Buffer): void => {
  const bytes = value.held.length === 0 ? last : Buffer.concat([...value.held, last])
  cutter.value = undefined
  if (value.kind === 'row') {
    cutter.take(bytes, value.line)
    cutter.place = 'after-row'
  } else {
    cutter.name = readName(bytes, value.line)
    cutter.place = 'colon'
  }
}

const longestName = 1000

const readName = (bytes: Buffer, line: number): string => {
  try {
    const name: unknown = bytes.length > longestName ? undefined : JSON.parse(bytes.toString('utf8'))
    if (typeof name === 'string') return name
  } catch {}
  throw notReadable(`Line ${line}: the name of a table is not a JSON string of ${longestName} bytes at most.`)
}

const checkEnd = ({ value, place, line }: Cutter): void => {
  if (value !== undefined) {
    throw notReadable(`The file breaks off within the value that begins at line ${value.line}.`)
  }
  if (place !== 'end') throw notReadable(`The file breaks off at line ${line}.`)
}
