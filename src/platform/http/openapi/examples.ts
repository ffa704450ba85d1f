import { type Content, type Document, operationsOf, type Schema } from './document.ts'
import { exampleValues } from './example-values.ts'

/** Deeper parts of an example are left out where they may be. */
const deepest = 8

type Schemas = Record<string, Schema>

/**
 * Gives each parameter that a path needs, each body and each answer in JSON an example, made of its schema: what a schema
 * gives as its own example or default, else a value that fits a field of that name.
 */
export const addExamples = (document: Document): void => {
  const schemas = document.components.schemas ?? {}
  for (const { operation } of operationsOf(document)) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.required && parameter.schema !== undefined)
        parameter.example = exampleOf(parameter.schema, schemas, parameter.name)
    }
    const contents = [operation.requestBody?.content, ...succeeding(operation.responses)]
    for (const content of contents) addTo(content, schemas)
  }
}

const succeeding = (responses: Record<string, { content?: Content }> = {}) =>
  Object.entries(responses).flatMap(([status, { content }]) => (status.startsWith('2') ? [content] : []))

/** A schema's own example stands with the first of its media types alone. */
const addTo = (content: Content = {}, schemas: Schemas): void => {
  const media = content['application/json']
  if (media?.schema === undefined) return
  const given = Object.values(content).find(({ example }) => example !== undefined)
  media.example ??= given?.example ?? exampleOf(media.schema, schemas)
}

/** Of a pattern that no known text fits the example is wrong: a test shows that `exampleValues` lacks none. */
export const exampleOf = (schema: Schema, schemas: Schemas, name = '', depth = 0): unknown => {
  if (schema.$ref !== undefined) return exampleOf(referred(schema.$ref, schemas), schemas, name, depth)
  const { const: only, default: usual, example, examples = [], enum: choices = [] } = schema
  for (const given of [only, example, examples[0], usual, choices[0]]) if (given !== undefined) return given
  const [choice] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (choice !== undefined) return exampleOf(choice, schemas, name, depth)
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, name, depth)))
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return exampleObject(schema, schemas, depth)
    case 'array':
      return exampleArray(schema, schemas, name, depth)
    case 'string':
      return exampleText(schema, name)
    case 'integer':
    case 'number':
      return exampleNumber(schema, name)
    case 'boolean':
      return true
    default:
      return null
  }
}

const referred = (reference: string, schemas: Schemas): Schema => {
  const schema = schemas[reference.replace('#/components/schemas/', '')]
  if (schema === undefined) throw new Error(`The document has no ${reference}`)
  return schema
}

/** What must be there and what there are known values for; of an object without either its first member, so that it says something. */
const exampleObject = (
  { properties = {}, required = [] }: Schema,
  schemas: Schemas,
  depth: number,
): Record<string, unknown> => {
  const all = Object.keys(properties)
  const telling = all.filter((name) => required.includes(name) || exampleValues[name] !== undefined)
  const names = telling.length > 0 ? telling : all.slice(0, 1)
  const members = names.flatMap((name) => {
    const schema = properties[name]
    return schema === undefined ? [] : [[name, exampleOf(schema, schemas, name, depth + 1)]]
  })
  return Object.fromEntries(members)
}

const exampleArray = ({ items, minItems = 0 }: Schema, schemas: Schemas, name: string, depth: number) => {
  if (items === undefined || (depth > deepest && minItems === 0)) return []
  return Array.from({ length: Math.max(1, minItems) }, () => exampleOf(items, schemas, name, depth + 1))
}

const exampleText = (schema: Schema, name: string): string => {
  const { format = '', pattern = '' } = schema
  const candidates = [name, format, pattern, 'text'].map((key) => exampleValues[key])
  return candidates.filter((value) => typeof value === 'string').find((value) => fits(schema, value)) ?? ''
}

const fits = ({ pattern, minLength = 0, maxLength = Infinity }: Schema, value: string): boolean =>
  value.length >= minLength &&
  value.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(value))

const exampleNumber = (
  { minimum = 0, maximum = Infinity, exclusiveMinimum }: Schema,
  name: string,
): number => {
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1
  const known = exampleValues[name]
  return Math.min(maximum, Math.max(least, typeof known === 'number' ? known : 1))
}
