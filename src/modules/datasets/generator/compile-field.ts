import { drawBelow, drawFraction, keyOf } from './counter-hash.ts'
import type { FieldSchema } from './dataset-schema.ts'
import { type CompiledField, type FieldContext, type Producer, SchemaFault } from './field-type.ts'
import { fieldTypes } from './field-types.ts'
import { permutation } from './permutation.ts'

const notNull = () => false

/**
 * @param path of the field's random numbers: what names it in the whole dataset, seed and engine version included
 * @throws SchemaFault
 */
export const compileField = (
  field: FieldSchema,
  path: string[],
  context: Omit<FieldContext, 'key' | 'unique' | 'nullRate' | 'depth' | 'typeOf'>,
): CompiledField => {
  const type = fieldTypes.get(field.type)
  if (type === undefined) throw unknownType(field.type)
  const key = keyOf(...path)
  const { unique, nullRate } = field
  const typeOf = (name: string) => fieldTypes.get(name)
  const producer = type.compile(field.options, { ...context, key, unique, nullRate, depth: 0, typeOf })
  const hasNulls = nullRate > 0 || (producer.kind === 'computed' && producer.isNull !== undefined)
  return {
    name: field.name,
    columnType: producer.columnType,
    maxBytes: producer.maxBytes,
    plain: producer.plain,
    nullable: hasNulls,
    unique: unique || (producer.kind === 'computed' && producer.unique),
    askedUnique: unique,
    decimals: producer.decimals,
    references: producer.references,
    isNull: nullTestOf(field, producer, path),
    ...writerOf(field, producer, path, context.rowCount),
  }
}

const nullTestOf = ({ nullRate }: FieldSchema, producer: Producer, path: string[]) => {
  const own = producer.kind === 'computed' ? producer.isNull : undefined
  if (nullRate === 0) return own ?? notNull
  const key = keyOf(...path, 'null')
  if (own === undefined) return (row: number) => drawFraction(key, row) < nullRate
  return (row: number) => drawFraction(key, row) < nullRate || own(row)
}

const unknownType = (type: string) => {
  const bare = type.toLowerCase().replaceAll(/[^a-z]/g, '')
  const alike = [...fieldTypes.keys()].filter((name) => {
    const known = name.replaceAll('_', '')
    return bare.length > 2 && (known.includes(bare) || bare.includes(known))
  })
  const hint = alike.length === 0 ? '' : ` Did you mean ${alike.slice(0, 3).join(' or ')}?`
  const message = `There is no type "${type.slice(0, 50)}".${hint} GET /v1/generate/types lists all.`
  return new SchemaFault('type', 'unknown_type', message)
}

const writerOf = (
  field: FieldSchema,
  producer: Producer,
  path: string[],
  rowCount: number,
): Pick<CompiledField, 'write' | 'referredRow'> => {
  if (producer.kind === 'computed') {
    if (field.unique && !producer.unique) {
      const message = `Values of type ${field.type} can repeat: take a type that has a list, such as pattern or integer.`
      throw new SchemaFault('unique', 'unique_not_supported', message)
    }
    return { write: producer.write, referredRow: producer.referredRow }
  }
  const { size, write, references } = producer
  const placeOf = field.unique ? differentPlaces(size, path, rowCount) : randomPlaces(size, path)
  return {
    write: (row, sink) => write(placeOf(row), sink),
    // The list that a reference draws from are the rows of the other table.
    referredRow: references === undefined ? undefined : placeOf,
  }
}

const randomPlaces = (size: number, path: string[]) => {
  const key = keyOf(...path)
  return (row: number) => drawBelow(key, row, size)
}

const differentPlaces = (size: number, path: string[], rowCount: number) => {
  if (size < rowCount) {
    const message = `There are only ${size} different values for ${rowCount} rows.`
    throw new SchemaFault('unique', 'space_too_small', message)
  }
  return permutation(keyOf(...path, 'unique'), Math.min(size, 2 ** 52))
}
