import fc from 'fast-check'
import type { Schema } from './openapi-document.ts'

const json = JSON.stringify
export const uuid = fc.uuid({ version: [4, 7] })
export const pick = (...texts: string[]) => fc.constantFrom(...texts)

/** Values by the names of fields, so that many requests get past the first look. */
const knownValues: Record<string, fc.Arbitrary<string>> = {
  jobId: pick('@jobId', '@failedJobId'),
  fileId: pick('@fileId', '@userId'),
  uploadId: pick('@uploadId'),
  ownerId: pick('@userId'),
  userId: pick('@userId'),
  email: fc.oneof(
    { weight: 5, arbitrary: pick('@email') },
    { weight: 3, arbitrary: fc.nat().map((number) => `person${number}@example.com`) },
    { weight: 1, arbitrary: fc.emailAddress() },
  ),
  password: pick('correct horse 42', 'another horse 43', 'password'),
  currentPassword: pick('correct horse 42', 'wrong horse 44'),
  newPassword: pick('another horse 43', 'correct horse 42'),
  token: pick('@resetToken', '@addressToken', 'guessed'),
  refreshToken: pick('@refreshToken', 'guessed'),
  challengeToken: pick('@challengeToken', '@challengeToken', 'guessed'),
  recoveryCode: pick('@recoveryCode', '@recoveryCode', 'aaaa-bbbb'),
  code: pick('000000', '123 456', '12345'),
  kind: pick('document', 'document', 'image', 'video'),
  sizeBytes: pick('1', '99', '0', '9007199254740991'),
  contentType: pick('text/plain', 'text/plain', 'image/png', 'image/svg+xml', 'application/pdf'),
  size: pick('64x64', '0100x0064', '64x1', '9999x9999'),
  name: pick('notes.txt', 'A show', '@liveStreamKey'),
  sha256: pick('0'.repeat(64), 'F'.repeat(64)),
  cursor: fc.oneof(
    uuid.map((id) => Buffer.from(id).toString('base64url')),
    pick('AAAA'),
    pick('["title","A hill","@postId"]', '["-publishedAt","2020-02-30T00:00:00Z","@postId"]').map((place) =>
      Buffer.from(place).toString('base64url'),
    ),
  ),
  prefer: pick('wait=0', 'wait=1', 'respond-async', 'wait=-1', 'wait=99x', 'wait'),
  total: pick('true', 'false', 'yes'),
  disabled: pick('true', 'false', '1'),
  datasetId: pick('@datasetId', '@datasetId', '@userId'),
  tables: pick('people', 'people', 'users'),
  columns: pick('id', 'id', 'status'),
  sort: pick('id', '-id', 'name', 'title', '-publishedAt', 'relevance'),
  fields: pick('id,title', 'id,body,bodyHtml', 'authorName', 'nonsense', ','),
  author: pick('@userId'),
  coverFileId: pick('@pictureId', '@pictureId', '@pictureId', '@fileId'),
  publishedAt: pick(
    '2020-01-01T00:00:00Z',
    '2020-01-01T00:00:00Z',
    '2120-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
  ),
  title: pick('A hill', 'Another hill'),
  tags: pick('hills', 'hills', 'hills', '#Node JS'),
  from: pick(
    ...['2025-06-01', '2025-06-01', '2025-06-01', '2025-06-01'],
    '2025-02-30',
    '2020-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ),
  to: pick('2025-06-30', '2025-06-30', '2025-06-01', '2026-12-31', '9999-12-31'),
  projectId: pick('@projectId', '@liveProjectId', '@userId'),
  pointer: pick('', '/data/items', '/a~1b', 'data'),
  cron: pick('15 6 * * 1-5', '* * * * *', '0 0 31 2 *'),
  everyMinutes: pick('5', '60', '1'),
  keyColumns: pick('id', 'id', 'name'),
  sections: pick('live', 'posts', 'jobs', 'nonsense'),
  slug: pick('a-hill', 'a-hill', 'post', 'A Hill'),
  version: pick('1', '1', '2'),
  'if-match': pick('"1"', '*', '*', '*', 'W/"1"'),
  count: pick('0', '3', '3', '100', '100000001'),
  refDate: pick('2026-01-01T00:00:00Z', '2026-02-30T00:00:00Z'),
  url: pick(
    'https://example.com/hook',
    'https://example.com/hook',
    'rtmp://live.example.com/app',
    'rtmp://0x7f.1/app',
    'ftp://example.com',
  ),
  table: pick('people', 'users'),
  type: pick('uuid', 'integer', 'email', 'sequence', 'boolean', 'nonsense'),
  value: pick('50000000', '50000000', '50000000', 'true'),
  path: pick('/v1/jobs', '/v1/projects/@projectId', '/v1/posts/@postId', '/v1/nothing'),
  'tus-resumable': pick('1.0.0'),
  'upload-length': pick('4', '4', '4', '999999999999999'),
  'upload-metadata': pick('filename YS50eHQ=,filetype dGV4dC9wbGFpbg==,kind ZG9jdW1lbnQ='),
  'upload-offset': pick('0', '0', '9'),
  where: pick('{}', '{"id":null}', '{"id":{"ne":null}}', '{"id":{"gt":"a"}}', '{"id":[]}', '{'),
  file: fc.oneof(pick('id,name\n1,Ada\n', '[{"id":1}]', '{"id":1}\n', '%PDF-1.7', 'MZ\u0000'), fc.string()),
}

/** Ids by the collection in whose path they stand. */
export const knownIds: Record<string, string[]> = {
  users: ['@userId'],
  sessions: ['@sessionId'],
  identities: ['@identityId'],
  'api-keys': ['@apiKeyId'],
  passkeys: ['@passkeyId'],
  jobs: ['@jobId', '@failedJobId'],
  status: ['@jobId'],
  files: ['@fileId'],
  generations: ['@generationId', '@failedGenerationId'],
  models: ['backlot', 'local'],
  datasets: ['@datasetId'],
  exports: ['@exportId'],
  reports: ['@reportId'],
  flags: ['@flagKey', '@flagKey', 'new-flag'],
  // Not whether people may sign up: what is done next needs accounts.
  settings: ['data.quotaRows'],
  syncs: ['@syncId'],
  tus: ['@resumableId'],
  projects: ['@projectId', '@liveProjectId'],
  streams: ['@streamId'],
  destinations: ['@destinationId', '@stoppedDestinationId'],
  webhooks: ['@webhookId'],
  deliveries: ['@deliveryId'],
  posts: ['@postId', '@draftId'],
}

const longText = fc.integer({ min: 1_000, max: 60_000 }).map((length) => 'ä'.repeat(length))
export const oddText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  pick('', ' ', 'null', 'NaN', 'undefined', 'true', '[object Object]', '-1', '1e309', '0x10', '1_000'),
  pick(
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u202egnp.exe',
    '😀'.repeat(50),
    '%',
    '_',
    '\\',
  ),
  pick(
    "'; drop table users; --",
    '#{7*7}',
    '{{7*7}}',
    '<script>',
    '../../etc/passwd',
    '\r\nSet-Cookie: a=b',
    '__proto__',
  ),
  longText,
)
export const oddNumber = pick(
  ...[
    '0',
    '-0',
    '-1',
    '1.5',
    '1e308',
    '-1e308',
    '1e309',
    '5e-324',
    '2147483648',
    '4294967296',
    '9007199254740993',
  ],
  '1'.repeat(400),
  '0.1'.padEnd(200, '3'),
)
const deep = pick(`${'['.repeat(5_000)}${']'.repeat(5_000)}`, `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`)
export const oddValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: oddText.map(json) },
  { weight: 3, arbitrary: oddNumber },
  { weight: 3, arbitrary: pick('null', 'true', 'false', '[]', '{}', '[null]', '[[]]', '{"":""}') },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 1, arbitrary: deep },
)
export const oddKey = fc.oneof(
  pick('__proto__', 'constructor', 'prototype', 'toString', 'role', 'id', 'ownerId', 'userId', ''),
  oddText,
)

export const textOf = (schema: Schema, name: string): fc.Arbitrary<string> => {
  if (schema.const !== undefined) return fc.constant(String(schema.const))
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map(String))
  const known = Object.hasOwn(knownValues, name) ? knownValues[name] : undefined
  if (known !== undefined) return known
  if (schema.format === 'uuid') return uuid
  const types = [schema.type].flat()
  if (types.includes('integer') || types.includes('number')) return numberOf(schema)
  if (types.includes('boolean')) return pick('true', 'false')
  if (schema.pattern !== undefined && !schema.pattern.includes('\\P{'))
    return fc.stringMatching(new RegExp(schema.pattern))
  const { minLength = 0, maxLength = 50 } = schema
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 50) })
}

const numberOf = ({ type, minimum = -1_000, maximum = 1_000 }: Schema): fc.Arbitrary<string> =>
  type === 'integer'
    ? fc.oneof(
        pick(String(minimum), String(maximum)),
        fc.maxSafeInteger().map((n) => String(minimum + (Math.abs(n) % (maximum - minimum + 1)))),
      )
    : fc.double({ min: minimum, max: maximum, noNaN: true }).map(String)

export const rightValue = (schema: Schema, name = ''): fc.Arbitrary<string> => {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((option) => rightValue(option, name)))
  if (schema.type === 'null') return fc.constant('null')
  if (schema.type === 'array') {
    const item = rightValue(schema.items ?? {}, name)
    return fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => `[${items.join()}]`)
  }
  if (schema.type === 'object') return rightObject(schema)
  const text = textOf(schema, name)
  return ['integer', 'number', 'boolean'].includes(String(schema.type)) ? text : text.map(json)
}

/** Fields of which a body has exactly one, which no JSON Schema of ours says. */
const alternatives = [
  ['tables', 'fields', 'preset'],
  ['datasetId', 'fileId', 'resource'],
  ['password', 'code', 'recoveryCode'],
  ['projectId', 'userId', 'installation'],
]

const rightObject = ({ properties = {}, required = [] }: Schema): fc.Arbitrary<string> => {
  const names = alternatives.find((all) => all.every((name) => Object.hasOwn(properties, name))) ?? []
  const objectWith = (chosen: string[]) => {
    const fields: Record<string, fc.Arbitrary<string>> = {}
    for (const [key, property] of Object.entries(properties)) {
      if (chosen.includes(key) || !names.includes(key)) fields[key] = rightValue(property, key)
    }
    return fc
      .record(fields, { requiredKeys: [...required, ...chosen] })
      .map((values) => objectText(Object.entries(values)))
  }
  return names.length === 0 ? objectWith([]) : pick(...names).chain((name) => objectWith([name]))
}

const objectText = (entries: [string, unknown][]) =>
  `{${entries.map(([key, text]) => `${json(key)}:${text}`).join(',')}}`

/** Right but for one field, which is odd, gone or too much. */
export const spoiledValue = (schema: Schema): fc.Arbitrary<string> => {
  const object = schema.anyOf?.find(({ type }) => type === 'object') ?? schema
  const names = Object.keys(object.properties ?? {})
  const key =
    names.length === 0
      ? oddKey
      : fc.oneof({ weight: 3, arbitrary: pick(...names) }, { weight: 1, arbitrary: oddKey })
  return fc.tuple(rightValue(object), key, fc.option(oddValue)).map(([text, name, value]) => {
    const rest = text.replace(/^\{|\}$/g, '')
    return value === null
      ? text.replace(json(name), '"gone"')
      : `{${[rest, `${json(name)}:${value}`].filter(Boolean).join(',')}}`
  })
}
