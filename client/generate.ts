import openapiTypeScript, { astToString, type OpenAPI3 } from 'openapi-typescript'
import ts from 'typescript'

type Schema = { properties?: Record<string, unknown>; allOf?: Schema[] }
type Parameter = { name: string; in: string; required?: boolean }
type Operation = {
  operationId: string
  summary?: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> }
  responses: Record<string, { headers?: object; content?: Record<string, { schema?: Schema }> }>
  security?: Record<string, string[]>[]
}
export type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}

const header = '// Made from /openapi.json by `npm run client:generate`. Change the routes instead.\n'

/** The generated files of the client, by their names. */
export const generate = async (document: Document): Promise<Record<string, string>> => ({
  'schema.ts': header + (await schemaTypes(document)),
  'operations.ts': header + operationsFile(document),
})

const schemaTypes = async (document: Document): Promise<string> => {
  const blob = ts.factory.createTypeReferenceNode('Blob')
  const nodes = await openapiTypeScript(
    JSON.parse(withoutCircles(withoutHeaders(document))) satisfies OpenAPI3,
    {
      // What has a default may be left out of a request.
      defaultNonNullable: false,
      transform: ({ format }) => (format === 'binary' ? blob : undefined),
    },
  )
  return astToString(nodes)
}

/** What comes with every answer is said once, in the document: types that name it for each would be twice as long. */
const withoutHeaders = (document: Document): Document => {
  const copy = structuredClone(document)
  copy.components = { schemas: copy.components.schemas }
  for (const { responses } of Object.values(copy.paths).flatMap((methods) => Object.values(methods)))
    for (const response of Object.values(responses)) delete response.headers
  return copy
}

/** A property's type cannot speak of itself; what does, such as any JSON, is `unknown`. */
const withoutCircles = (document: Document): string =>
  JSON.stringify(document, function (this: unknown, name: string, value: unknown) {
    const isCircle =
      this === document.components.schemas && JSON.stringify(value).includes(`"#/components/schemas/${name}"`)
    return isCircle ? {} : value
  })

const operationsFile = ({ paths, components }: Document): string => {
  const groups = new Map<string, string[]>()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      // What opens a WebSocket is no call: `realtime.ts` speaks its messages.
      if ('101' in operation.responses) continue
      const [group = '', name = ''] = operation.operationId.split('.')
      groups.set(group, [
        ...(groups.get(group) ?? []),
        ...membersOf(name, method.toUpperCase(), path, operation),
      ])
    }
  }
  const body = [...groups].map(([group, members]) => `  ${group}: {\n${members.join('\n')}\n  },`).join('\n')
  const things = Object.keys(components.schemas).map(
    (name) => `export type ${name === 'Error' ? 'ErrorAnswer' : name} = components['schemas']['${name}']`,
  )
  return `import type { Body, Calls, Data, EventData, Item, Options, Page, Query } from '../calls.ts'
import type { components } from './schema.ts'

${things.join('\n')}

/** Every operation of the API, by what it is about and what it does. */
export const bindOperations = (calls: Calls) => ({
${body}
})
`
}

/** The methods of one operation; lists that have pages have a second one, which walks over all of them. */
const membersOf = (name: string, method: string, path: string, operation: Operation): string[] => {
  const type = `<'${operation.operationId}'>`
  const { names, typed } = argumentsOf(operation)
  const route = routeOf(method, path, operation)
  const member = (called: string, call: string) =>
    `${docOf(operation)}    ${called}: (${typed}) =>\n      calls.${call}(${route}, { ${names} }, options),`
  const content = contentOf(operation)
  if (content === 'text/event-stream') return [member(name, `events<EventData${type}>`)]
  if (content === undefined) return [member(name, 'nothing')]
  if (!content.startsWith('application/json')) return [member(name, 'response')]
  if (!isPaged(operation)) return [member(name, `data<Data${type}>`)]
  const walker = name === 'list' ? 'listAll' : `all${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return [member(name, `page<Page${type}>`), member(walker, `items<Item${type}>`)]
}

const argumentsOf = ({ operationId, parameters = [], requestBody }: Operation) => {
  const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
  const query = parameters.filter((parameter) => parameter.in === 'query')
  const all = [
    ...inPath.map((name) => ({ name, type: 'string', isRequired: true })),
    ...(requestBody === undefined
      ? []
      : [{ name: 'body', type: `Body<'${operationId}'>`, isRequired: requestBody.required === true }]),
    ...(query.length === 0
      ? []
      : [
          {
            name: 'query',
            type: `Query<'${operationId}'>`,
            isRequired: query.some(({ required }) => required),
          },
        ]),
  ]
  const path = inPath.length === 0 ? [] : [`path: { ${inPath.join(', ')} }`]
  const rest = all.map(({ name }) => name).filter((name) => !inPath.includes(name))
  const typed = all.map(({ name, type, isRequired }) => `${name}${isRequired ? '' : '?'}: ${type}`)
  return { names: [...path, ...rest].join(', '), typed: [...typed, 'options?: Options'].join(', ') }
}

const routeOf = (
  method: string,
  path: string,
  { parameters = [], requestBody, security }: Operation,
): string => {
  const facts = [`method: '${method}'`, `path: '${path}'`]
  const media = Object.keys(requestBody?.content ?? {})
  if (parameters.some(({ name }) => name === 'idempotency-key')) facts.push('takesKey: true')
  if (media.includes('multipart/form-data')) facts.push('takesForm: true')
  if (security?.every((way) => Object.keys(way).length === 0)) facts.push('isPublic: true')
  return `{ ${facts.join(', ')} }`
}

const docOf = ({ summary = '', description, security }: Operation): string => {
  const scope = security?.flatMap(({ apiKey, adminApiKey }) => apiKey ?? adminApiKey ?? [])[0]
  const sentences = [
    summary.replace(/\.?$/, '.'),
    ...(description === undefined ? [] : [description]),
    ...(scope === undefined ? [] : [`Scope of API keys: \`${scope}\`.`]),
  ]
  return `    /** ${sentences.join(' ').replaceAll('*/', '* /')} */\n`
}

const successOf = ({ responses }: Operation) =>
  Object.entries(responses).find(([status]) => /^2\d\d$/.test(status))?.[1].content ?? {}

const contentOf = (operation: Operation): string | undefined => Object.keys(successOf(operation))[0]

const isPaged = (operation: Operation): boolean =>
  successOf(operation)['application/json']?.schema?.properties?.page !== undefined
