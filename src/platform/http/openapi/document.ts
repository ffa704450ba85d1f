/** What the steps that finish the OpenAPI document look at. Other members stay as they are. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  /** Of a schema whose text is read as something else: zod leaves out the `examples` of those. */
  example?: unknown
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  propertyNames?: Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}
export type Media = { schema?: Schema; example?: unknown }
export type Content = Record<string, Media>
export type Answer = { description?: string; headers?: Record<string, object>; content?: Content }
export type Parameter = { name: string; in: string; required?: boolean; schema?: Schema; example?: unknown }
export type Operation = {
  operationId?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { content?: Content }
  responses?: Record<string, Answer>
}

export const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const
export type Method = (typeof methods)[number]
export type Document = {
  paths: Record<string, Partial<Record<Method, Operation>>>
  tags?: { name: string; description: string | undefined }[]
  servers?: { url: string; 'x-internal'?: boolean }[]
  components: {
    schemas?: Record<string, Schema>
    headers?: Record<string, object>
    securitySchemes?: Record<string, object>
  }
}

export const operationsOf = (document: Document): { path: string; method: Method; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ path, method, operation }]
    }),
  )

/** Every schema of the document, those within others included, once. */
export const eachSchema = (document: Document, visit: (schema: Schema) => void): void => {
  const seen = new Set<Schema>()
  const walk = (schema: Schema | undefined): void => {
    if (schema === undefined || seen.has(schema)) return
    seen.add(schema)
    visit(schema)
    const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = schema
    for (const part of [...Object.values(properties), items, ...anyOf, ...oneOf, ...allOf]) walk(part)
    const { additionalProperties, propertyNames } = schema
    if (typeof additionalProperties === 'object') walk(additionalProperties)
    walk(propertyNames)
  }
  for (const schema of Object.values(document.components.schemas ?? {})) walk(schema)
  for (const { operation } of operationsOf(document)) {
    for (const { schema } of operation.parameters ?? []) walk(schema)
    for (const { content } of [operation.requestBody ?? {}, ...Object.values(operation.responses ?? {})])
      for (const { schema } of Object.values(content ?? {})) walk(schema)
  }
}
