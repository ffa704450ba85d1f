import type { KnownFieldType } from './field-type.ts'
import { idFields } from './field-types/ids.ts'
import { personFields } from './field-types/person.ts'

/** Every kind of field, by name. */
export const fieldTypes: ReadonlyMap<string, KnownFieldType> = new Map(
  [...idFields, ...personFields].map((type) => [type.name, type]),
)
