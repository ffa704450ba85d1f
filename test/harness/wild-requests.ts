import fc from 'fast-check'
import type { Operation, Parameter, Schema } from './openapi-document.ts'
import {
  knownIds,
  oddKey,
  oddNumber,
  oddText,
  oddValue,
  pick,
  rightValue,
  spoiledValue,
  textOf,
  uuid,
} from './wild-values.ts'

/**
 * Requests from an OpenAPI document: right ones, ones that are wrong in one place, and wild ones. Bodies are text, so that
 * they can hold what no JavaScript value becomes. A word such as `@fileId` stands for an id that exists when it is sent.
 */
export type WildRequest = {
  /** Its method and path as the document has them. */
  operation: string
  method: string
  caller: string
  path: string
  headers: Record<string, string>
  body: string | undefined
}

const bodyOf = ({
  body,
  form,
  example,
}: Operation): fc.Arbitrary<{ body: string | undefined; type: string | undefined }> => {
  const jsonTypes = pick(
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json; charset=latin1',
  )
  const oddTypes = fc.oneof(
    pick(
      'text/plain',
      'application/json/x',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      '*/*',
      ';',
      '',
    ),
    jsonTypes,
  )
  const odd = fc.record({
    body: fc.oneof(oddValue, oddText, pick('', '{', '{"a":1,}', '\ufeff{}', '"', '{}{}')),
    type: oddTypes,
  })
  const none = fc.constant({ body: undefined, type: undefined })
  const json = body ?? form
  if (json === undefined) return fc.oneof({ weight: 5, arbitrary: none }, { weight: 1, arbitrary: odd })
  const shown = fc.constant(JSON.stringify(example))
  const right = fc.record({
    body:
      example === undefined ? rightValue(json) : fc.oneof({ weight: 3, arbitrary: rightValue(json) }, shown),
    type: jsonTypes,
  })
  const wrong = fc.record({ body: spoiledValue(json), type: jsonTypes })
  const parts = fc.record({
    body: formOf(form ?? json),
    type: pick(
      'multipart/form-data; boundary=edge',
      'multipart/form-data; boundary="edge"',
      'multipart/form-data; boundary=other',
    ),
  })
  return fc.oneof(
    { weight: body === undefined ? 1 : 8, arbitrary: right },
    { weight: body === undefined ? 1 : 4, arbitrary: wrong },
    { weight: 1, arbitrary: odd },
    { weight: form === undefined ? 0 : 4, arbitrary: parts },
  )
}

const partText = (field: string, content: string, file: string | null) =>
  `--edge\r\nContent-Disposition: form-data; name="${field}"${file === null ? '' : `; filename="${file}"`}\r\n\r\n${content}\r\n`

const fileName = pick(
  'a.csv',
  'a.csv',
  'b.json',
  'c.ndjson',
  'd.tsv',
  'e.xlsx',
  'f.parquet',
  'g.txt',
  'h.png',
  'i',
)

/** A form with what it needs, and one with whatever. */
const formOf = ({ properties = {}, required = [] }: Schema): fc.Arbitrary<string> => {
  const schemaOf = (name: string): Schema => (Object.hasOwn(properties, name) && properties[name]) || {}
  const right = (name: string) => textOf(schemaOf(name), name)
  const isFile = (name: string) => schemaOf(name).format === 'binary'
  // What is done for a form without its file is seen by JSON; only an operation without JSON needs it each time.
  const files = Object.keys(properties).filter(isFile)
  const needed = [...required.filter((name) => !isFile(name)), ...files].map((name) =>
    fc
      .tuple(right(name), isFile(name) ? fileName : fc.constant(null))
      .map(([content, file]) => partText(name, content, file)),
  )
  const names = [...Object.keys(properties), 'image', '__proto__', 'constructor']
  const anyPart = pick(...names).chain((name) =>
    fc
      .tuple(
        fc.oneof({ weight: 5, arbitrary: fc.constant(name) }, { weight: 1, arbitrary: oddText }),
        fc.oneof(right(name), oddText),
        fc.oneof(fc.option(oddText), isFile(name) ? fileName : fc.constant(null)),
      )
      .map((part) => partText(...part)),
  )
  return fc.oneof(
    fc.tuple(...needed).map((parts) => `${parts.join('')}--edge--\r\n`),
    fc
      .tuple(fc.array(anyPart, { maxLength: 14 }), pick('--edge--\r\n', '--edge--', '--edge', ''))
      .map(([parts, end]) => parts.join('') + end),
  )
}

/** What Node's client lets into a header, and four of what its server does. */
const headerText = (text: string) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 1_200)

const headersOf = (parameters: Parameter[]): fc.Arbitrary<Record<string, string>> => {
  const odd = fc.oneof(oddText, oddNumber, fc.string()).map(headerText)
  const some = (name: string, ...values: string[]) =>
    [name, fc.oneof({ weight: 2, arbitrary: pick(...values) }, { weight: 1, arbitrary: odd })] as const
  const named = parameters.map(
    ({ name, schema }) =>
      [
        name,
        fc.oneof(
          { weight: 3, arbitrary: textOf(schema, name) },
          { weight: 1, arbitrary: name === 'prefer' ? textOf(schema, name) : odd },
        ),
      ] as const,
  )
  const others = [
    some('range', 'bytes=0-1', 'bytes=-1', 'bytes=9-1', 'bytes=0-0,2-3', 'bytes=0-99999999999999999999'),
    some('if-none-match', '*', '"x"', 'W/"x"'),
    some('if-range', '"x"', 'Tue, 01 Jan 2030 00:00:00 GMT'),
    some('if-modified-since', 'Tue, 01 Jan 2030 00:00:00 GMT', 'yesterday'),
    some('accept', '*/*', 'application/problem+json', 'text/event-stream', 'image/*;q=2'),
    some('accept-encoding', 'br', 'gzip', '*;q=0', 'identity;q=0', 'zip'),
    some('content-encoding', 'identity', 'identity', 'gzip'),
    some('x-request-id', 'abcdefgh', 'x'),
    some('x-forwarded-proto', 'https', 'javascript', 'http, https'),
    some('x-forwarded-host', 'a.example', 'a b', '[::1]:1', 'a.example/x?y'),
    some('host', 'a.example', 'a b', '[', 'a:b:c', ':80'),
    some('origin', 'https://app.example', 'null'),
    some('user-agent', 'Mozilla/5.0'),
    some('cookie', '__Host-backlot=x', '__Host-backlot=', '=;;=', '__proto__=1'),
  ] as const
  const all = Object.fromEntries([...named, ...others])
  const described = fc.subarray(named.map(([name]) => name))
  return fc
    .tuple(described, fc.subarray(Object.keys(all), { maxLength: 4 }))
    .map(([some, more]) => [...new Set([...some, ...more])])
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, all[name] ?? odd]))))
}

const encode = (text: string) => (text.startsWith('@') ? text : encodeURIComponent(text.toWellFormed()))
const oddSegment = fc.oneof(
  oddText.map(encode),
  pick('%00', '%ff', '%zz', '..', '.%2e', '%2f', '%25', '*', ':id', '@userId%00'),
)

/** Longer than what is answered with a 414, and shorter than what Node itself refuses. */
const longestUrl = 8_500

const pathOf = ({ path, parameters }: Operation): fc.Arbitrary<string> => {
  const ids = knownIds[/\/([\w-]+)\/\{/.exec(path)?.[1] ?? ''] ?? []
  const segment = fc.oneof(
    ...ids.map((id) => ({ weight: Math.ceil(10 / ids.length), arbitrary: fc.constant(id) })),
    { weight: 1, arbitrary: pick(...Object.values(knownIds).flat()) },
    { weight: 1, arbitrary: uuid },
    { weight: 1, arbitrary: oddSegment },
  )
  const pairs = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) =>
      fc
        .oneof(
          { weight: 3, arbitrary: textOf(schema, name).map(encode) },
          { weight: 1, arbitrary: oddSegment },
        )
        .map((value) => `${name}=${value}`),
    )
  const oddPair = fc.tuple(oddKey, oddSegment).map(([name, value]) => `${encode(name)}=${value}`)
  const pair = fc.oneof(...pairs.map((arbitrary) => ({ weight: 4, arbitrary })), {
    weight: 1,
    arbitrary: oddPair,
  })
  const query = fc.array(pair, { maxLength: pairs.length > 0 ? 4 : 1 })
  return fc.tuple(segment, query, pick('/v1', '/v1', '')).map(([id, parts, version]) => {
    // An empty segment would be another path.
    const filled = path.replace(/\{\w+\}/, () => id || '%20').replace('/v1', version)
    return `${filled}${parts.length > 0 ? '?' : ''}${parts.join('&')}`.slice(0, longestUrl)
  })
}

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`

const doesSomething = ({ method }: Operation) => !['GET', 'HEAD'].includes(method)

export const wildRequests = (operations: Operation[], callers: string[]): fc.Arbitrary<WildRequest> =>
  fc
    .tuple(fc.constantFrom(...operations, ...operations.filter(doesSomething)), fc.constantFrom(...callers))
    .chain(([operation, caller]) =>
      fc
        .tuple(
          pathOf(operation),
          headersOf(operation.parameters.filter((parameter) => parameter.in === 'header')),
          bodyOf(operation),
        )
        .map(([path, headers, { body, type }]) => ({
          operation: nameOf(operation),
          method: operation.method,
          caller,
          path,
          headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
          body: body?.toWellFormed(),
        })),
    )
