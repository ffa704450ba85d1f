import type { CellKind } from './source-rows.ts'

/** `text`: of a string its content, of anything else its text in the file, so that numbers keep all digits. Null: null. */
export type JsonMember = { key: string; kind: CellKind; text: string | null }

export type JsonObject =
  | { outcome: 'object'; members: JsonMember[] }
  | { outcome: 'fault'; code: string; message: string }

/** Also what PostgreSQL can take in without running out of stack. */
const deepestNesting = 100

/** The members of one JSON object, of which only the outermost level is taken apart. */
export const readObject = (text: string): JsonObject => {
  if (isTooDeep(text)) {
    return {
      outcome: 'fault',
      code: 'NESTED_TOO_DEEPLY',
      message: `More than ${deepestNesting} levels deep.`,
    }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'Invalid JSON.'
    return { outcome: 'fault', code: 'INVALID_JSON', message: reason }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { outcome: 'fault', code: 'NOT_AN_OBJECT', message: 'A row has to be a JSON object.' }
  }
  return { outcome: 'object', members: cutMembers(text) }
}

/** Before parsing, which would take much memory for it. */
const isTooDeep = (text: string): boolean => {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = closingQuote(text, at)
    else if (code === openBrace || code === openBracket) {
      depth += 1
      if (depth > deepestNesting) return true
    } else if (code === closeBrace || code === closeBracket) depth -= 1
  }
  return false
}

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c

/** Of the string that opens at `start`; the end of the text when there is none. */
const closingQuote = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 1
    else if (code === quote) return at
  }
  return text.length
}

/** The text is a valid object, so that each character is where the grammar says. Source: RFC 8259. */
const cutMembers = (text: string): JsonMember[] => {
  const members: JsonMember[] = []
  let at = text.indexOf('{') + 1
  for (;;) {
    at = skipSpace(text, at)
    if (text.charCodeAt(at) === closeBrace) return members
    if (text.charCodeAt(at) === comma) at = skipSpace(text, at + 1)
    const keyEnd = closingQuote(text, at) + 1
    const key = readString(text, at, keyEnd)
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const end = valueEnd(text, start)
    members.push({ key, ...readValue(text, start, end) })
    at = end
  }
}

const readValue = (text: string, start: number, end: number): { kind: CellKind; text: string | null } => {
  switch (text[start]) {
    case '"':
      return { kind: 'string', text: readString(text, start, end) }
    case '{':
    case '[':
      return { kind: 'json', text: text.slice(start, end) }
    case 't':
    case 'f':
      return { kind: 'boolean', text: text.slice(start, end) }
    case 'n':
      return { kind: 'json', text: null }
    default:
      return { kind: 'number', text: text.slice(start, end) }
  }
}

/** With its quotes. */
const readString = (text: string, start: number, end: number): string => {
  const content = text.slice(start + 1, end - 1)
  if (!content.includes('\\')) return content
  const value: unknown = JSON.parse(text.slice(start, end))
  return typeof value === 'string' ? value : content
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

const skipSpace = (text: string, start: number): number => {
  let at = start
  while (isSpace(text.charCodeAt(at))) at += 1
  return at
}

const valueEnd = (text: string, start: number): number => {
  const first = text.charCodeAt(start)
  if (first === quote) return closingQuote(text, start) + 1
  let at = start
  if (first !== openBrace && first !== openBracket) {
    while (
      !isSpace(text.charCodeAt(at)) &&
      text.charCodeAt(at) !== comma &&
      text.charCodeAt(at) !== closeBrace
    )
      at += 1
    return at
  }
  let depth = 0
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = closingQuote(text, at)
    else if (code === openBrace || code === openBracket) depth += 1
    else if (code === closeBrace || code === closeBracket) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return at
}
