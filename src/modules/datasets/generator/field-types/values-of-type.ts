import { newSink } from '../../../../platform/rows/byte-sink.ts'
import { drawBelow, keyOf } from '../counter-hash.ts'
import { type Locale, loadDictionaries } from '../dictionaries.ts'
import { type KnownFieldType, type Producer, SchemaFault } from '../field-type.ts'
import { addressFields } from './address.ts'
import { companyFields } from './company.ts'
import { fileFields } from './files.ts'
import { internetFields } from './internet.ts'
import { personFields } from './person.ts'
import { textFields } from './text.ts'

/** The kinds of fields whose values depend on the language, or are words. For tests. */
export const languageTypes = [
  ...personFields,
  ...internetFields,
  ...fileFields,
  ...addressFields,
  ...companyFields,
  ...textFields,
]

const rowCount = 500
/** A value that is too long shows as such, rather than being cut. */
const spareBytes = 1000

const unknown = () => {
  throw new SchemaFault('', 'unknown', 'There is nothing else here.')
}

export const compileType = async (
  type: KnownFieldType,
  options: unknown,
  locale: Locale,
): Promise<Producer> =>
  type.compile(options, {
    key: keyOf('a seed', type.name),
    dictionaries: await loadDictionaries(locale),
    refDateMs: 0,
    rowCount,
    unique: false,
    nullRate: 0,
    depth: 0,
    typeOf: () => undefined,
    sibling: unknown,
    reference: unknown,
  })

export const typeNamed = (name: string): KnownFieldType => {
  const type = languageTypes.find((candidate) => candidate.name === name)
  if (type === undefined) throw new Error(`There is no ${name}`)
  return type
}

/** The values at those places of a list, or of those rows. */
export const valuesAt = (producer: Producer, places: Iterable<number>): string[] => {
  const sink = newSink(producer.maxBytes + spareBytes)
  return Array.from(places, (place) => {
    sink.at = 0
    producer.write(place, sink)
    if (sink.at > producer.maxBytes) throw new Error(`${sink.at} bytes are more than ${producer.maxBytes}`)
    return sink.bytes.toString('utf8', 0, sink.at)
  })
}

export const someValues = (producer: Producer): string[] => {
  const key = keyOf('draws')
  const rows = [...Array(rowCount).keys()]
  return valuesAt(
    producer,
    producer.kind === 'list' ? rows.map((row) => drawBelow(key, row, producer.size)) : rows,
  )
}

export const valuesOfType = async (name: string, options: unknown = {}, locale: Locale = 'en') =>
  someValues(await compileType(typeNamed(name), options, locale))
