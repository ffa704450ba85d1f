import { PermanentFailure } from '../../platform/jobs/job-failure.ts'

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace, comma, colon] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d, 0x2c, 0x3a,
] as const
const byteOrderMark = [0xef, 0xbb, 0xbf]
const longestKeyBytes = 1_000

/** The parts of a JSON Pointer: RFC 6901, 3 and 4. */
export const pointerTokens = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

type Cutter = {
  tokens: string[]
  /** How many of them lead to where the next value is. */
  found: number
  place: 'value' | 'key' | 'in-key' | 'colon' | 'next' | 'skip' | 'copy' | 'done'
  /** Of the value that is passed over or copied. */
  depth: number
  withinString: boolean
  escaped: boolean
  key: number[]
  /** In an array on the way: which of its values is next. */
  index: number | undefined
}

/**
 * Cuts the array at a JSON Pointer out of a document of any size, in the memory of one piece. The array itself is passed on as it
 * is, and read by whoever takes it; all that comes is taken, to the end.
 * @throws PermanentFailure `POINTER_NOT_FOUND`
 */
export async function* cutAtPointer(pieces: AsyncIterable<Buffer>, pointer: string): AsyncGenerator<Buffer> {
  const cutter: Cutter = {
    ...{ tokens: pointerTokens(pointer), found: 0, place: 'value', depth: 0 },
    ...{ withinString: false, escaped: false, key: [], index: undefined },
  }
  let marked = 0
  for await (const piece of pieces) {
    let at = 0
    while (at < piece.length && marked < byteOrderMark.length && piece[at] === byteOrderMark[marked]) {
      marked += 1
      at += 1
    }
    marked = byteOrderMark.length === marked || at === piece.length ? marked : byteOrderMark.length
    while (at < piece.length && cutter.place !== 'done') {
      if (cutter.place === 'copy') {
        const end = valueEnd(cutter, piece, at)
        yield piece.subarray(at, end ?? piece.length)
        at = end ?? piece.length
        if (end !== undefined) cutter.place = 'done'
      } else if (cutter.place === 'skip') {
        const end = valueEnd(cutter, piece, at)
        at = end ?? piece.length
        if (end !== undefined) cutter.place = 'next'
      } else {
        at += step(cutter, piece[at] ?? 0)
      }
    }
  }
  // What breaks off within the array is told by who reads it.
  if (cutter.place !== 'done' && cutter.place !== 'copy') throw notFound(cutter)
}

const notFound = ({ tokens, found }: Cutter) => {
  const path = tokens.slice(0, found + 1).map((token) => `/${token}`)
  return new PermanentFailure(
    'POINTER_NOT_FOUND',
    `The document has no array at ${path.join('') || 'its top'}.`,
  )
}

/** Takes a byte outside of values that are passed over or copied. @returns how many bytes it took: none where a value begins */
const step = (cutter: Cutter, byte: number): number => {
  if (cutter.place === 'in-key') return keyByte(cutter, byte)
  if (isSpace(byte)) return 1
  switch (cutter.place) {
    case 'value':
      return enter(cutter, byte)
    case 'key':
      if (byte !== quote) throw notFound(cutter)
      cutter.key = []
      cutter.place = 'in-key'
      return 1
    case 'colon':
      if (byte !== colon) throw notFound(cutter)
      return chooseMember(cutter)
    default:
      // A value was passed over: another may follow where it stood.
      if (byte !== comma) throw notFound(cutter)
      return cutter.index === undefined ? goTo(cutter, 'key') : chooseElement(cutter)
  }
}

const goTo = (cutter: Cutter, place: Cutter['place']): number => {
  cutter.place = place
  return 1
}

/** A value on the way, or at its end. */
const enter = (cutter: Cutter, byte: number): number => {
  const token = cutter.tokens[cutter.found]
  if (token === undefined) {
    if (byte !== openBracket) throw notFound(cutter)
    beginValue(cutter, 'copy')
    return 0
  }
  if (byte === openBrace) {
    cutter.index = undefined
    return goTo(cutter, 'key')
  }
  if (byte !== openBracket || !/^(0|[1-9]\d{0,8})$/.test(token)) throw notFound(cutter)
  cutter.index = -1
  return chooseElement(cutter)
}

const beginValue = (cutter: Cutter, place: 'copy' | 'skip'): void => {
  Object.assign(cutter, { place, depth: 0, withinString: false, escaped: false })
}

const chooseElement = (cutter: Cutter): number => {
  cutter.index = (cutter.index ?? -1) + 1
  if (cutter.index === Number(cutter.tokens[cutter.found])) goOn(cutter)
  else beginValue(cutter, 'skip')
  return 1
}

const chooseMember = (cutter: Cutter): number => {
  if (readKey(cutter.key) === cutter.tokens[cutter.found]) goOn(cutter)
  else beginValue(cutter, 'skip')
  return 1
}

const goOn = (cutter: Cutter): void => {
  cutter.found += 1
  cutter.place = 'value'
}

const keyByte = (cutter: Cutter, byte: number): number => {
  if (!cutter.escaped && byte === quote) return goTo(cutter, 'colon')
  cutter.escaped = !cutter.escaped && byte === backslash
  // One that is longer than any that is sought need not be remembered.
  if (cutter.key.length <= longestKeyBytes) cutter.key.push(byte)
  return 1
}

const readKey = (bytes: number[]): string | undefined => {
  try {
    const key: unknown = JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`)
    return typeof key === 'string' && bytes.length <= longestKeyBytes ? key : undefined
  } catch {
    return undefined
  }
}

/** The index after the last byte of the value that is gone through; undefined: it goes on in the next piece. */
const valueEnd = (cutter: Cutter, piece: Buffer, start: number): number | undefined => {
  for (let at = start; at < piece.length; at += 1) {
    const byte = piece[at]
    if (cutter.withinString) {
      if (cutter.escaped) cutter.escaped = false
      else if (byte === backslash) cutter.escaped = true
      else if (byte === quote) {
        cutter.withinString = false
        if (cutter.depth === 0) return at + 1
      }
    } else if (byte === quote) cutter.withinString = true
    else if (byte === openBracket || byte === openBrace) cutter.depth += 1
    else if (byte === closeBracket || byte === closeBrace) {
      // At depth 0 it closes what is around a bare number or word.
      if (cutter.depth === 0) return at
      cutter.depth -= 1
      if (cutter.depth === 0) return at + 1
    } else if (byte === comma && cutter.depth === 0) return at
  }
  return undefined
}
