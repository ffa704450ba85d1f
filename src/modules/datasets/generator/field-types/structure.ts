import { z } from 'zod'
import { type ByteSink, writeByte, writeBytes } from '../../../../platform/rows/byte-sink.ts'
import { drawBelow, keyOf } from '../counter-hash.ts'
import { defineField, type FieldContext, type Producer, SchemaFault } from '../field-type.ts'
import { jsonFormOf } from '../json-text.ts'

const deepest = 5
const mostBytes = 64 * 1024
const nullBytes = Buffer.from('null')
const comma = 0x2c

const nested = z.strictObject({
  type: z.string().max(50),
  options: z.record(z.string().max(100), z.unknown()).default({}),
})
type Nested = z.output<typeof nested>

export const structureFields = [
  defineField({
    name: 'json_object',
    group: 'structure',
    description: `A JSON object with a value of its own kind under each name, up to ${deepest} deep.`,
    options: z.strictObject({
      fields: z
        .record(z.string().min(1).max(100), nested)
        .refine((fields) => Object.keys(fields).length <= 50, 'There are more than 50 fields.'),
    }),
    example: {
      fields: { width: { type: 'enum', options: { values: [640, 1280] } }, visible: { type: 'boolean' } },
    },
    compile: ({ fields }, context) => {
      const members = Object.entries(fields).map(([name, field], place) => ({
        opening: Buffer.from(`${place === 0 ? '{' : ','}${JSON.stringify(name)}:`),
        value: compileNested(field, `options.fields.${name}`, { ...context, key: keyBelow(context, name) }),
      }))
      const bytes = members.reduce((sum, { opening, value }) => sum + opening.length + value.maxBytes, 2)
      return {
        ...jsonColumn(bytes, 'options.fields'),
        plain: members.every(({ opening, value }) => value.plain && !opening.includes('\\')),
        write: (row, sink) => {
          if (members.length === 0) writeByte(sink, 0x7b)
          for (const { opening, value } of members) {
            writeBytes(sink, opening)
            value.write(row, sink)
          }
          writeByte(sink, 0x7d)
        },
      }
    },
  }),
  defineField({
    name: 'json_array',
    group: 'structure',
    description: `A JSON array of between min and max items of one kind, up to ${deepest} deep.`,
    options: z.strictObject({
      item: nested,
      min: z.int().min(0).max(1000).default(0),
      max: z.int().min(0).max(1000).default(5),
    }),
    example: { item: { type: 'enum', options: { values: ['red', 'green', 'blue'] } }, min: 1, max: 3 },
    compile: ({ item, min, max }, context) => {
      if (max < min) throw new SchemaFault('options.max', 'below_min', 'The most is below the least.')
      // Every item counts as a row, so that it has random numbers of its own.
      const rowCount = context.rowCount * Math.max(1, max)
      if (rowCount > mostItems) {
        const message = `${context.rowCount} rows of ${max} items are more than ${mostItems}.`
        throw new SchemaFault('options.max', 'too_many_items', message)
      }
      const key = keyBelow(context, 'item')
      const value = compileNested(item, 'options.item', { ...context, key, rowCount })
      return {
        ...jsonColumn(2 + max * (value.maxBytes + 1), 'options.max'),
        plain: value.plain,
        write: (row, sink) => {
          const length = min + drawBelow(context.key, row, max - min + 1)
          writeByte(sink, 0x5b)
          for (let place = 0; place < length; place += 1) {
            if (place > 0) writeByte(sink, comma)
            value.write(row * max + place, sink)
          }
          writeByte(sink, 0x5d)
        },
      }
    },
  }),
]

/** Random numbers are numbered by rows in 32 bits. */
const mostItems = 2 ** 32

const keyBelow = ({ key }: FieldContext, name: string) => keyOf(String(key.a), String(key.b), name)

const jsonColumn = (maxBytes: number, path: string) => {
  if (maxBytes > mostBytes) {
    throw new SchemaFault(path, 'too_long', `The JSON may become longer than ${mostBytes} bytes.`)
  }
  return { kind: 'computed', columnType: 'json', unique: false, maxBytes } as const
}

type JsonValue = { maxBytes: number; plain: boolean; write: (row: number, sink: ByteSink) => void }

/** @param path of the nested type, relative to the field */
const compileNested = (field: Nested, path: string, context: FieldContext): JsonValue => {
  const depth = context.depth + 1
  if (depth > deepest) throw new SchemaFault(path, 'too_deep', `JSON goes ${deepest} deep at most.`)
  const producer = compileAt(field, path, { ...context, ...alone, depth, unique: false, nullRate: 0 })
  const form = jsonFormOf(producer.columnType)
  const { key, rowCount } = context
  const isNull = producer.kind === 'computed' ? producer.isNull : undefined
  const write: JsonValue['write'] =
    producer.kind === 'computed'
      ? producer.write
      : (row, sink) => producer.write(drawBelow(key, row, producer.size), sink)
  if (producer.kind === 'list' && producer.size === 0 && rowCount > 0) {
    throw new SchemaFault(path, 'no_values', 'There are no values to choose from.')
  }
  return {
    maxBytes: Math.max(nullBytes.length, form.longest(producer.maxBytes)),
    plain: form.plain && producer.plain,
    write: (row, sink) => {
      if (isNull?.(row)) {
        writeBytes(sink, nullBytes)
        return
      }
      const start = sink.at
      write(row, sink)
      form.change(sink, start)
    },
  }
}

/** @throws SchemaFault with the path that leads to the option within */
const compileAt = ({ type, options }: Nested, path: string, context: FieldContext): Producer => {
  const known = context.typeOf(type)
  if (known === undefined) {
    throw new SchemaFault(
      `${path}.type`,
      'unknown_type',
      `There is no type "${type}". GET /v1/generate/types lists all.`,
    )
  }
  const [issue] = known.options.safeParse(options).error?.issues ?? []
  if (issue !== undefined) {
    throw new SchemaFault([path, 'options', ...issue.path].join('.'), issue.code, issue.message)
  }
  try {
    return known.compile(options, context)
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error
    throw new SchemaFault(`${path}.${error.path}`, error.code, error.message)
  }
}

const refuse = (): never => {
  throw new SchemaFault(
    'type',
    'not_in_json',
    'What reads other fields cannot stand in JSON: make it a column.',
  )
}
/** A nested value has no siblings, and no column that could be a foreign key. */
const alone = { sibling: refuse, reference: refuse }
