import { z } from 'zod'
import { writeBytes, writeText } from '../../../../platform/rows/byte-sink.ts'
import {
  type CompiledField,
  defineField,
  type FieldContext,
  type Producer,
  SchemaFault,
} from '../field-type.ts'
import { siblingAt, textOfField } from '../sibling.ts'
import { storableText } from '../storable-text.ts'

const longestTemplate = 2000
const mostPlaceholders = 50

/** `growth`: how many times longer the UTF-8 can become. Source: Unicode FAQ, Normalization, "maximum expansion factor". */
type Filter = { apply: (text: string) => string; growth: number }

const filters: ReadonlyMap<string, Filter> = new Map([
  ['lower', { apply: (text) => text.toLowerCase(), growth: 3 }],
  ['upper', { apply: (text) => text.toUpperCase(), growth: 3 }],
  ['trim', { apply: (text) => text.trim(), growth: 1 }],
  ['slug', { apply: (text) => slugOf(text), growth: 9 }],
])

const slugOf = (text: string): string =>
  text
    .normalize('NFD')
    // Accents of European letters go; marks that other scripts need stay.
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')

type Placeholder = { name: string; filters: Filter[] }
type Part = string | Placeholder

export const templateFields = [
  defineField({
    name: 'template',
    group: 'relations',
    description:
      'Text around the values of other fields of the row: {{name}}, or filtered {{name | lower | upper | trim | slug | ' +
      'first(3)}}. A field without a value inserts nothing. \\{ stands for a brace, \\\\ for a backslash.',
    options: z.strictObject({ template: storableText(longestTemplate) }),
    example: { template: 'Order {{id}} of {{name | upper}}' },
    compile: ({ template }, context) => compileTemplate(partsOf(template), context),
  }),
]

const compileTemplate = (parts: Part[], context: FieldContext): Producer => {
  const fieldOf = new Map<Placeholder, CompiledField>()
  for (const part of parts) {
    if (typeof part !== 'string') fieldOf.set(part, siblingAt(context, part.name, 'options.template'))
  }
  const pieces = parts.map((part) => {
    const field = typeof part === 'string' ? undefined : fieldOf.get(part)
    return typeof part === 'string' || field === undefined
      ? literalPiece(String(part))
      : fieldPiece(field, part.filters)
  })
  return {
    kind: 'computed',
    columnType: 'text',
    maxBytes: pieces.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
    plain: pieces.every(({ plain }) => plain),
    unique: isUnique(parts, fieldOf),
    write: (row, sink) => {
      for (let place = 0; place < pieces.length; place += 1) (pieces[place] as Piece).write(row, sink)
    },
  }
}

type Piece = { maxBytes: number; plain: boolean; write: CompiledField['write'] }

const literalPiece = (text: string): Piece => {
  const bytes = Buffer.from(text)
  return {
    maxBytes: bytes.length,
    plain: !/[\t\n\r\\]/.test(text),
    write: (_, sink) => writeBytes(sink, bytes),
  }
}

const fieldPiece = (field: CompiledField, applied: Filter[]): Piece => {
  const { isNull, maxBytes, plain, columnType } = field
  if (applied.length === 0 && columnType !== 'boolean') {
    const write: Piece['write'] = (row, sink) => {
      if (!isNull(row)) field.write(row, sink)
    }
    return { maxBytes, plain, write }
  }
  const read = textOfField(field)
  const growth = applied.reduce((product, filter) => product * filter.growth, 1)
  return {
    maxBytes: Math.max(5, maxBytes) * growth,
    plain,
    write: (row, sink) => {
      const text = read(row)
      if (text !== null)
        writeText(
          sink,
          applied.reduce((value, { apply }) => apply(value), text),
        )
    },
  }
}

const partsOf = (template: string): Part[] => {
  const parts: Part[] = []
  let text = ''
  for (const [token, inner] of template.matchAll(/\\[\\{}]|\{\{([^{}]*)\}\}|\{\{|[^\\{]+|[\\{]/g)) {
    if (inner === undefined) {
      if (token === '{{') throw invalid('A {{ has no }} of its own. Write \\{\\{ for the braces themselves.')
      text += /^\\[\\{}]$/.test(token) ? token.slice(1) : token
      continue
    }
    if (text !== '') parts.push(text)
    text = ''
    parts.push(placeholderOf(inner))
  }
  if (text !== '') parts.push(text)
  if (parts.length > 2 * mostPlaceholders)
    throw invalid(`There are more than ${mostPlaceholders} placeholders.`)
  return parts
}

const invalid = (message: string) => new SchemaFault('options.template', 'invalid_template', message)

const placeholderOf = (inner: string): Placeholder => {
  const [name = '', ...rest] = inner.split('|').map((word) => word.trim())
  if (rest.length > 5) throw invalid(`{{${name.slice(0, 63)}}} has more than 5 filters.`)
  return { name, filters: rest.map(filterOf) }
}

const filterOf = (text: string): Filter => {
  const known = filters.get(text)
  if (known !== undefined) return known
  const [, digits] = /^first\(\s*(\d{1,4})\s*\)$/.exec(text) ?? []
  if (digits === undefined) {
    throw invalid(`There is no filter ${text.slice(0, 50)}: take lower, upper, trim, slug or first(n).`)
  }
  const count = Number(digits)
  return { apply: (value) => [...value].slice(0, count).join(''), growth: 1 }
}

/** Types whose values have none but these characters. */
const countedTypes = new Set(['integer', 'bigint', 'uuid'])
const countedCharacter = /[0-9a-f-]/

/**
 * Texts differ if a unique value can be read back from them: it is the only value, or it is a number or UUID at the very start or
 * end of all values, parted from them by a character that it cannot have.
 */
const isUnique = (parts: Part[], fieldOf: ReadonlyMap<Placeholder, CompiledField>): boolean => {
  const places = parts.flatMap((part, place) => (typeof part === 'string' ? [] : [place]))
  const isPartedAt = (
    place: number | undefined,
    other: (text: string) => string | undefined,
    step: number,
  ) => {
    const part = place === undefined ? undefined : parts[place]
    if (part === undefined || typeof part === 'string' || place === undefined) return false
    const field = fieldOf.get(part)
    if (field === undefined || !field.unique || field.nullable || part.filters.length > 0) return false
    if (places.length === 1) return true
    const beside = parts[place + step]
    const parting = typeof beside === 'string' ? other(beside) : undefined
    return countedTypes.has(field.columnType) && parting !== undefined && !countedCharacter.test(parting)
  }
  return isPartedAt(places[0], (text) => text[0], 1) || isPartedAt(places.at(-1), (text) => text.at(-1), -1)
}
