import { newSink } from '../../../platform/rows/byte-sink.ts'
import { type CompiledField, type FieldContext, SchemaFault } from './field-type.ts'

/** Another field of the same table. @throws SchemaFault on `path`, which is where its name stands */
export const siblingAt = ({ sibling }: FieldContext, name: string, path: string): CompiledField => {
  try {
    return sibling(name)
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error
    throw new SchemaFault(path, error.code, error.message)
  }
}

/** What reads a field's value as text, null where it has none. A boolean reads `true` or `false`. */
export const textOfField = ({ isNull, maxBytes, columnType, write }: CompiledField) => {
  const sink = newSink(maxBytes)
  return (row: number): string | null => {
    if (isNull(row)) return null
    sink.at = 0
    write(row, sink)
    const text = sink.bytes.toString('utf8', 0, sink.at)
    if (columnType !== 'boolean') return text
    return text === 't' ? 'true' : 'false'
  }
}
