import { SchemaFault } from '../field-type.ts'
import { controlEscapes, namedSets, others } from './character-set.ts'

export type PatternNode =
  | { kind: 'text'; text: string }
  /** One of different characters. */
  | { kind: 'set'; characters: readonly string[] }
  | { kind: 'sequence'; parts: PatternNode[] }
  | { kind: 'choice'; branches: PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; min: number; max: number }

/** How many more than the least `*`, `+` and `{n,}` repeat at most. */
const openEnded = 8
const mostRepeats = 1000
const largestSet = 1000

type Reader = { characters: string[]; at: number }

const unsupported = (what: string, position: number) =>
  new SchemaFault(
    'options.regex',
    'pattern_not_supported',
    `Not supported at position ${position + 1}: ${what}.`,
  )

const peek = ({ characters, at }: Reader): string => characters[at] ?? ''

const take = (reader: Reader): string => {
  const character = peek(reader)
  reader.at += 1
  return character
}

/**
 * Reads the part of JavaScript's regular expressions whose texts can be numbered.
 * @throws SchemaFault on `options.regex`, naming what is not supported and where, counted from 1
 */
export const parsePattern = (regex: string): PatternNode => {
  const reader: Reader = { characters: [...regex], at: 0 }
  if (peek(reader) === '^') reader.at += 1
  const node = readChoice(reader)
  if (reader.at < reader.characters.length) throw unsupported('a ) without its (', reader.at)
  return node
}

const readChoice = (reader: Reader): PatternNode => {
  const branches = [readSequence(reader)]
  while (peek(reader) === '|') {
    reader.at += 1
    branches.push(readSequence(reader))
  }
  const [only] = branches
  return only !== undefined && branches.length === 1 ? only : { kind: 'choice', branches }
}

const readSequence = (reader: Reader): PatternNode => {
  const parts: PatternNode[] = []
  while (reader.at < reader.characters.length && peek(reader) !== '|' && peek(reader) !== ')') {
    if (peek(reader) === '$' && reader.at === reader.characters.length - 1) {
      reader.at += 1
      break
    }
    const part = readRepeats(reader, readAtom(reader))
    const last = parts.at(-1)
    if (part.kind === 'text' && last?.kind === 'text') {
      parts[parts.length - 1] = { kind: 'text', text: last.text + part.text }
    } else {
      parts.push(part)
    }
  }
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : { kind: 'sequence', parts }
}

const readAtom = (reader: Reader): PatternNode => {
  const position = reader.at
  const character = take(reader)
  if (character === '(') return readGroup(reader)
  if (character === '[') return { kind: 'set', characters: readClass(reader) }
  if (character === '^' || character === '$') {
    throw unsupported(`${character} elsewhere than at the ends`, position)
  }
  if ('*+?'.includes(character)) throw unsupported(`${character} with nothing to repeat`, position)
  if (character === '{') throw unsupported('a { that is no quantifier; write \\{', position)
  if (character === '.') return { kind: 'set', characters: namedSets.get('.') ?? [] }
  if (character !== '\\') return { kind: 'text', text: character }
  const escaped = readEscape(reader, position)
  return typeof escaped === 'string' ? { kind: 'text', text: escaped } : { kind: 'set', characters: escaped }
}

const readGroup = (reader: Reader): PatternNode => {
  const start = reader.at - 1
  if (peek(reader) === '?') {
    const head = reader.characters.slice(reader.at, reader.at + 80).join('')
    const [opening] = /^\?(?::|<[A-Za-z_]\w*>)/.exec(head) ?? []
    if (opening === undefined) throw unsupported('lookaround or flags in a group', start)
    reader.at += opening.length
  }
  const node = readChoice(reader)
  if (take(reader) !== ')') throw unsupported('a ( without its )', start)
  return node
}

/** One character, or those of a named set. The backslash is read already. */
const readEscape = (reader: Reader, position: number): string | readonly string[] => {
  const letter = take(reader)
  const name = `\\${letter}`
  const known = namedSets.get(name) ?? controlEscapes.get(name)
  if (known !== undefined) return known
  if (letter === '') throw unsupported('a backslash at the end', position)
  if (/[1-9k]/.test(letter)) throw unsupported(`the back-reference ${name}`, position)
  if (/[pP]/.test(letter)) throw unsupported(`the Unicode class ${name}`, position)
  if (/\w/.test(letter)) throw unsupported(`the escape ${name}`, position)
  return letter
}

const readClass = (reader: Reader): string[] => {
  const start = reader.at - 1
  const negated = peek(reader) === '^'
  if (negated) reader.at += 1
  const found = new Set<string>()
  while (peek(reader) !== ']') {
    if (reader.at >= reader.characters.length) throw unsupported('a [ without its ]', start)
    for (const character of readClassItem(reader)) found.add(character)
    if (found.size > largestSet) throw unsupported(`a class of more than ${largestSet} characters`, start)
  }
  reader.at += 1
  const characters = negated ? others(found) : [...found]
  if (characters.length === 0) throw unsupported('a class without characters', start)
  return characters
}

/** A named set, a single character or a range. */
const readClassItem = (reader: Reader): Iterable<string> => {
  const position = reader.at
  const first = readClassCharacter(reader)
  const isRange = peek(reader) === '-' && reader.characters[reader.at + 1] !== ']'
  if (typeof first !== 'string') {
    if (isRange) throw unsupported('a range from a class', position)
    return first
  }
  if (!isRange) return [first]
  reader.at += 1
  const last = readClassCharacter(reader)
  if (typeof last !== 'string') throw unsupported('a range to a class', position)
  return rangeOf(first, last, position)
}

const readClassCharacter = (reader: Reader): string | readonly string[] => {
  const position = reader.at
  const character = take(reader)
  return character === '\\' ? readEscape(reader, position) : character
}

const rangeOf = (first: string, last: string, position: number): string[] => {
  const start = first.codePointAt(0) ?? 0
  const count = (last.codePointAt(0) ?? 0) - start + 1
  if (count < 1 || last === '') throw unsupported('a range that ends before it starts', position)
  if (count > largestSet) throw unsupported(`a class of more than ${largestSet} characters`, position)
  return Array.from({ length: count }, (_, offset) => String.fromCodePoint(start + offset))
}

const readRepeats = (reader: Reader, part: PatternNode): PatternNode => {
  const position = reader.at
  const counts = readQuantifier(reader)
  if (counts === undefined) return part
  if (/[*+?{]/.test(peek(reader))) throw unsupported('a quantifier after a quantifier', reader.at)
  const { min, max } = counts
  if (max > mostRepeats) throw unsupported(`more than ${mostRepeats} repeats`, position)
  if (max < min) throw unsupported('a quantifier whose most is below its least', position)
  return min === 1 && max === 1 ? part : { kind: 'repeat', part, min, max }
}

const readQuantifier = (reader: Reader): { min: number; max: number } | undefined => {
  const rest = reader.characters.slice(reader.at, reader.at + 20).join('')
  const [quantifier, least, comma, most] = /^(?:[?*+]|\{(\d{1,6})(?:(,)(\d{1,6})?)?\})/.exec(rest) ?? []
  if (quantifier === undefined) return undefined
  reader.at += quantifier.length
  if (quantifier === '?') return { min: 0, max: 1 }
  if (quantifier === '*') return { min: 0, max: openEnded }
  if (quantifier === '+') return { min: 1, max: 1 + openEnded }
  const min = Number(least)
  if (comma === undefined) return { min, max: min }
  return { min, max: most === undefined ? min + openEnded : Number(most) }
}
