import fastJson from 'fast-json-stringify'
import type { FastifySerializerCompiler } from 'fastify'
import { z } from 'zod'

/**
 * Writes responses by their zod schema: fields that it does not name never leave the server, and writing by schema is
 * faster than `JSON.stringify`. The OpenAPI 3.0 form is used because its `nullable` needs no run-time check of unions.
 */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema }) => serializerOf(schema)

/** The same for what is written before it is sent. Made when it is first used: an API has hundreds, and few are used soon. */
export const serializerOf = <Schema extends z.ZodType>(schema: Schema) => {
  let write: ((answer: z.output<Schema>) => string) | undefined
  return (answer: z.output<Schema>): string => {
    write ??= fastJson(toPlainSchema(schema))
    return write(answer)
  }
}

const toPlainSchema = (schema: z.ZodType) => {
  const plain = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'output', unrepresentable: 'any' })
  return plain as Parameters<typeof fastJson>[0]
}
