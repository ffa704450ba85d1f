import { z } from 'zod'
import { keyOf } from '../counter-hash.ts'
import { zipf } from '../distributions.ts'
import { defineField, type FieldContext, type Producer, SchemaFault } from '../field-type.ts'
import { permutation } from '../permutation.ts'
import { siblingAt } from '../sibling.ts'

const mostChildren = 1_000_000

const cardinality = z.strictObject({
  min: z.int().min(0).max(mostChildren).default(0),
  max: z.int().min(1).max(mostChildren),
})

export const relationFields = [
  defineField({
    name: 'reference',
    group: 'relations',
    description:
      'A value of a unique column of another table (or of this one). `cardinality` says between how many and how many rows ' +
      'each referenced row gets; without it they are chosen at random, evenly or by Zipf. With unique each is taken once at most.',
    options: z
      .strictObject({
        table: z.string().max(63),
        column: z.string().max(63),
        cardinality: cardinality.optional(),
        distribution: z.enum(['uniform', 'zipf']).default('uniform'),
        exponent: z.number().min(0.1).max(10).optional().describe('Of zipf. Default: 1.'),
      })
      .refine(({ cardinality, distribution }) => cardinality === undefined || distribution === 'uniform', {
        path: ['distribution'],
        message: 'Give either a cardinality or a distribution.',
      })
      .refine(({ exponent, distribution }) => exponent === undefined || distribution === 'zipf', {
        path: ['exponent'],
        message: 'Only zipf has an exponent.',
      }),
    example: { table: 'users', column: 'id' },
    compile: (options, context) => {
      const { table, column } = options
      const { field, rowCount: parents } = context.reference(table, column)
      if (!field.unique || field.nullable) {
        const message = `${table}.${column} must be unique and never null to be referenced.`
        throw new SchemaFault('options.column', 'reference_not_unique', message)
      }
      if (parents === 0 && context.rowCount > 0 && context.nullRate < 1) {
        throw new SchemaFault('options.table', 'no_rows_to_reference', `${table} has no rows to choose from.`)
      }
      const { columnType, maxBytes, plain, decimals } = field
      const references = { table, column }
      const about = {
        columnType,
        maxBytes,
        plain,
        references,
        ...(decimals === undefined ? {} : { decimals }),
      }
      const parentOf = parentChooser(options, parents, context)
      if (parentOf === undefined) return { ...about, kind: 'list', size: parents, write: field.write }
      return {
        ...about,
        kind: 'computed',
        unique: options.cardinality?.max === 1,
        referredRow: parentOf,
        write: (row, sink) => field.write(parentOf(row), sink),
      } satisfies Producer
    },
  }),
  defineField({
    name: 'lookup',
    group: 'relations',
    description:
      'Another column of the row that a reference of the same row names, such as the price of its product.',
    options: z.strictObject({
      via: z.string().max(63).describe('The reference.'),
      column: z.string().max(63),
    }),
    example: { via: 'product_id', column: 'price' },
    compile: ({ via, column }, context) => compileLookup(via, column, context),
  }),
]

const compileLookup = (via: string, column: string, context: FieldContext): Producer => {
  const { references, referredRow, isNull, nullable } = siblingAt(context, via, 'options.via')
  if (references === undefined || referredRow === undefined) {
    throw new SchemaFault('options.via', 'not_a_reference', `${via} is no reference.`)
  }
  const { field } = context.reference(references.table, column)
  const { columnType, maxBytes, plain, decimals } = field
  return {
    columnType,
    maxBytes,
    plain,
    ...(decimals === undefined ? {} : { decimals }),
    kind: 'computed',
    unique: false,
    ...(nullable || field.nullable
      ? { isNull: (row: number) => isNull(row) || field.isNull(referredRow(row)) }
      : {}),
    write: (row, sink) => field.write(referredRow(row), sink),
  }
}

type Choice = {
  cardinality?: z.output<typeof cardinality> | undefined
  distribution: 'uniform' | 'zipf'
  exponent?: number | undefined
}

/** Undefined where every parent is as likely as any other, which the engine does itself. */
const parentChooser = (
  options: Choice,
  parents: number,
  context: FieldContext,
): ((row: number) => number) | undefined => {
  const { key } = context
  if (options.cardinality !== undefined) return dealer(options.cardinality, parents, context)
  if (options.distribution === 'uniform') return undefined
  const rankOf = zipf({ exponent: options.exponent ?? 1, size: parents })
  // Which parents are the popular ones has nothing to do with their order.
  const byRank = permutation(keyOf(String(key.a), String(key.b), 'rank'), parents)
  return (row) => byRank(rankOf(key, row))
}

/**
 * Gives each parent between `min` and `max` children: all children are shuffled, the first ones are dealt to the parents in turn until each
 * has `min`, and each of the rest takes another of the places that are left.
 */
const dealer = ({ min, max }: z.output<typeof cardinality>, parents: number, context: FieldContext) => {
  const { key, rowCount, nullRate } = context
  if (max < min) throw new SchemaFault('options.cardinality.max', 'below_min', 'The most is below the least.')
  if (nullRate > 0 && min > 0) {
    const message = 'With a nullRate no least number of rows can be kept: let min be 0.'
    throw new SchemaFault('options.cardinality.min', 'min_with_nulls', message)
  }
  const dealt = parents * min
  if (nullRate < 1 && (rowCount < dealt || rowCount > parents * max)) {
    const message = `${parents} referenced rows with ${min} to ${max} each need between ${dealt} and ${parents * max} rows, not ${rowCount}.`
    throw new SchemaFault('options.cardinality', 'cardinality_not_possible', message)
  }
  const words = [String(key.a), String(key.b)]
  const shuffle = permutation(keyOf(...words, 'children'), rowCount)
  const placeOf = permutation(keyOf(...words, 'places'), parents * (max - min))
  return (row: number): number => {
    const turn = shuffle(row)
    return (turn < dealt ? turn : placeOf(turn - dealt)) % parents
  }
}
