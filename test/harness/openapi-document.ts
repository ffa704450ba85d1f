import { z } from 'zod'
import { send } from './send.ts'

export type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
}
export type Parameter = { name: string; in: 'path' | 'query' | 'header'; schema: Schema }
export type Operation = {
  method: string
  path: string
  parameters: Parameter[]
  /** What a body in JSON has to be; undefined when the operation takes none. */
  body: Schema | undefined
  /** A body that the document shows; undefined when it shows none. */
  example: unknown
  /** What a form has to be; undefined when the operation takes none. */
  form: Schema | undefined
  /** By status, or by class as `4XX`; null where an answer has no JSON. */
  answers: Record<string, z.ZodType | null>
}

type Content = { content?: Record<string, { schema?: Schema; example?: unknown }> }
type Document = {
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[]; requestBody?: Content; responses: Record<string, Content> }>
  >
  components: { schemas: Record<string, Schema> }
}

/** What the OpenAPI document of a running Backlot promises. */
export const readOperations = async (origin: string): Promise<Operation[]> => {
  const { paths, components }: Document = (await send(origin, '/openapi.json')).json
  const resolve = (schema: Schema): Schema =>
    JSON.parse(JSON.stringify(schema), (_key, value) => {
      const name =
        typeof value?.$ref === 'string' ? value.$ref.replace('#/components/schemas/', '') : undefined
      return name === undefined ? value : resolve(components.schemas[name] ?? unknownSchema(name))
    })
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody, responses }]) => {
      const body = requestBody?.content?.['application/json']?.schema
      const form = requestBody?.content?.['multipart/form-data']?.schema
      return {
        method: method.toUpperCase(),
        path,
        parameters,
        body: body && resolve(body),
        example: requestBody?.content?.['application/json']?.example,
        form: form && wholeOf(resolve(form)),
        answers: Object.fromEntries(
          Object.entries(responses).map(([status, { content }]) => {
            const schema = content?.['application/json']?.schema
            return [status, schema === undefined ? null : z.fromJSONSchema(resolve(schema) as never)]
          }),
        ),
      }
    }),
  )
}

/** The fields of a form stand in one part, its file in another. */
const wholeOf = ({ allOf = [], ...schema }: Schema): Schema => ({
  ...schema,
  properties: Object.assign({}, schema.properties, ...allOf.map(({ properties }) => properties)),
  required: [schema, ...allOf].flatMap(({ required = [] }) => required),
})

const unknownSchema = (name: string): never => {
  throw new Error(`The document has no schema ${name}`)
}

/** The promise for an answer of this status; undefined when the document does not know it. */
export const promiseFor = ({ answers }: Operation, status: number): z.ZodType | null | undefined =>
  answers[status in answers ? status : `${Math.trunc(status / 100)}XX`]
