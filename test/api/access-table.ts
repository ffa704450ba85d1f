import { password } from '../harness/people.ts'
import type { Things } from '../harness/things.ts'

/** Who asks. The things belong to `owner`, a user; but to `reader` his own, a user who was made a viewer. */
export const callers = ['anonymous', 'other', 'viewer', 'reader', 'owner', 'manager', 'admin'] as const
export type Caller = (typeof callers)[number]

export type Wish = {
  /** What stands for the parameter of the path, or for the `*`, with its query. */
  id?: string
  query?: string
  body?: object
  form?: Record<string, string>
  headers?: Record<string, string>
}
export type Row = [route: string, outcomes: string, wish?: (things: Things) => Wish]

const newPassword = 'another horse 43'
const image = { prompt: 'a hill', style: 'noir' }
const upload = { kind: 'document', name: 'a.txt', contentType: 'text/plain', sizeBytes: 3 }
const webhook = { url: 'https://example.com/hook', events: ['*'] }
const june = { from: '2025-06-01', to: '2025-06-30' }
const source = { name: 'Prices', url: 'https://example.com/prices.json', format: 'json' }
const sync = { ...source, keyColumns: ['id'], timing: { everyMinutes: 60 } }
const flat = { count: 2, fields: [{ name: 'id', type: 'uuid' }] }
const destination = { name: 'Mine', platform: 'twitch', streamKey: 'abcd-efgh-1234' }
let newcomers = 0
const newcomer = () => {
  newcomers += 1
  return { email: `newcomer-${newcomers}@example.com`, password: newPassword }
}
const ownedBy = ({ userId }: Things) => ({ query: `?ownerId=${userId}` })
const signed = (url: string): Wish => ({ id: url.replace('/v1/storage/', '') })
const sameOrigin = { 'sec-fetch-site': 'same-origin' }
const plainText = { headers: { 'content-type': 'text/plain' }, body: Buffer.from('abc') }
const clientDataJSON = Buffer.from(JSON.stringify({ challenge: 'A'.repeat(43) })).toString('base64url')
const madePasskey = {
  id: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON, attestationObject: 'AAAA' },
}
const shownPasskey = {
  id: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON, authenticatorData: 'AAAA', signature: 'AAAA' },
}
const tusVersion = { 'tus-resumable': '1.0.0' }
const tusBytes = { ...tusVersion, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' }
const tusUpload = {
  ...tusVersion,
  'upload-length': '3',
  'upload-metadata': 'filename YS50eHQ=,filetype dGV4dC9wbGFpbg==,kind ZG9jdW1lbnQ=',
}
const csvForm = {
  headers: { 'content-type': 'multipart/form-data; boundary=edge' },
  body: Buffer.from(
    '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nid\n1\n\r\n--edge--\r\n',
  ),
}

/** What must be set up for all of it. */
export const tableEnv = {
  TRUST_PROXY: 'loopback',
  OAUTH_GITHUB_CLIENT_ID: 'backlot',
  OAUTH_GITHUB_CLIENT_SECRET: 'a secret of a test',
}

/**
 * Every route and what each caller gets, in the order of `callers`. `200-`: an answer in which nothing of the owner is seen;
 * where it stands, a plain `200` shows something of his. `200=`: allowed, and there was nothing to change.
 */
// biome-ignore format: one line a route
export const table: Row[] = [
  //                                  anon other view read ownr mngr admn
  ['GET /',                          '200  200  200  200  200  200  200'],
  ['GET /health',                    '200  200  200  200  200  200  200'],
  ['GET /health/db',                 '200  200  200  200  200  200  200'],
  ['GET /health/live',               '200  200  200  200  200  200  200'],
  ['GET /health/ready',              '200  200  200  200  200  200  200'],
  ['GET /health/startup',            '200  200  200  200  200  200  200'],
  ['GET /metrics',                   '403  403  403  403  403  403  403'],
  ['GET /openapi.json',              '200  200  200  200  200  200  200'],
  ['GET /docs',                      '200  200  200  200  200  200  200'],
  ['GET /docs/json',                 '200  200  200  200  200  200  200'],
  ['GET /docs/yaml',                 '200  200  200  200  200  200  200'],
  ['GET /docs/static/index.html',    '302  302  302  302  302  302  302'],
  ['GET /docs/static/swagger-initializer.js', '200  200  200  200  200  200  200'],
  ['GET /docs/static/*',             '200  200  200  200  200  200  200', () => ({ id: 'swagger-ui.css' })],
  ['GET /docs/static/*',             '404  404  404  404  404  404  404', () => ({ id: '..%2f..%2fpackage.json' })],

  ['GET /setup',                     '200  200  200  200  200  200  200'],
  ['POST /setup',                    '409  409  409  409  409  409  409', () => ({ form: { ...newcomer(), token: 'guessed' } })],
  ['GET /account/confirm-address',   '200  200  200  200  200  200  200'],
  ['POST /account/confirm-address',  '200  200  200  200  200  200  200', ({ addressToken }) => ({ form: { token: addressToken, password } })],
  ['GET /account/forgot-password',   '200  200  200  200  200  200  200'],
  ['POST /account/forgot-password',  '200  200  200  200  200  200  200', ({ email }) => ({ form: { email } })],
  ['GET /account/reset-password',    '200  200  200  200  200  200  200'],
  ['POST /account/reset-password',   '200  200  200  200  200  200  200', ({ resetToken }) => ({ form: { token: resetToken, password: newPassword } })],

  ['GET /account/sign-in',           '200  200  200  200  200  200  200'],
  ['POST /account/sign-in',          '303  303  303  303  303  303  303', ({ email }) => ({ form: { email, password, to: '/docs' }, headers: sameOrigin })],
  ['POST /account/sign-in',          '401  401  401  401  401  401  401', ({ email }) => ({ form: { email, password: newPassword }, headers: sameOrigin })],
  ['POST /account/sign-in/code',     '401  401  401  401  401  401  401', () => ({ form: { challengeToken: 'none', code: '123456' }, headers: sameOrigin })],
  ['POST /account/sign-in/code',     '403  403  403  403  403  403  403', () => ({ form: { challengeToken: 'none', code: '123456' }, headers: { 'sec-fetch-site': 'cross-site' } })],
  ['POST /account/sign-in',          '403  403  403  403  403  403  403', ({ email }) => ({ form: { email, password }, headers: { 'sec-fetch-site': 'cross-site' } })],

  ['GET /admin/queues',              '401  403  403  403  403  403  200'],
  ['GET /admin/queues/job-schedulers', '401  403  403  403  403  403  200'],
  ['GET /admin/queues/queue/:queueName', '401  403  403  403  403  403  200', () => ({ id: 'images' })],
  ['GET /admin/queues/queue/:queueName/:jobId', '401  403  403  403  403  403  200', ({ failed }) => ({ id: `images/${failed.jobId}` })],
  ['GET /admin/queues/board.css',    '401  403  403  403  403  403  200'],
  ['GET /admin/queues/static/*',     '401  403  403  403  403  403  200', () => ({ id: 'images/logo.svg' })],
  ['GET /admin/queues/static/*',     '401  403  403  403  403  403  404', () => ({ id: '..%2f..%2fpackage.json' })],
  ['GET /admin/queues/api/queues',   '401  403  403  403  403  403  200'],
  ['GET /admin/queues/api/job-schedulers', '401  403  403  403  403  403  200'],
  ['GET /admin/queues/api/queues/:queueName/default-job-options', '401  403  403  403  403  403  200', () => ({ id: 'images' })],
  ['GET /admin/queues/api/queues/:queueName/job-data-schema', '401  403  403  403  403  403  200', () => ({ id: 'images' })],
  ['GET /admin/queues/api/queues/:queueName/:jobId', '401  403  403  403  403  403  200', ({ failed }) => ({ id: `images/${failed.jobId}` })],
  ['GET /admin/queues/api/queues/:queueName/:jobId/logs', '401  403  403  403  403  403  200', ({ failed }) => ({ id: `images/${failed.jobId}` })],
  ['GET /admin/queues/api/queues/:queueName/:jobId/flow', '401  403  403  403  403  403  200', ({ failed }) => ({ id: `images/${failed.jobId}` })],
  ['PUT /admin/queues/api/queues/:queueName/:jobId/retry', '401  403  403  403  403  403  204', ({ failed }) => ({ id: `images/${failed.jobId}` })],
  ['PUT /admin/queues/api/queues/:queueName/:jobId/retry', '401  403  403  403  403  403  400', ({ pending }) => ({ id: `images/${pending.jobId}` })],
  ['PUT /admin/queues/api/queues/:queueName/:jobId/clean', '401  403  403  403  403  403  204', ({ pending }) => ({ id: `images/${pending.jobId}` })],
  ['PUT /admin/queues/api/queues/:queueName/:jobId/clean', '401  403  403  403  403  403  409', ({ failed }) => ({ id: `images/${failed.jobId}` })],
  ['PUT /admin/queues/api/queues/:queueName/retry/:queueStatus', '401  403  403  403  403  403  405', () => ({ id: 'images' })],
  ['POST /admin/queues/api/*',       '401  403  403  403  403  403  405', () => ({ id: 'queues/images/add' })],
  ['PUT /admin/queues/api/*',        '401  403  403  403  403  403  405', () => ({ id: 'queues/images/pause' })],
  ['PATCH /admin/queues/api/*',      '401  403  403  403  403  403  405', ({ pending }) => ({ id: `queues/images/${pending.jobId}/update-data` })],
  ['GET /v1/admin/schedules',        '401  403  403  403  403  403  200'],
  ['GET /v1/flags',                  '401  200  200  200  200  200  200'],
  ['GET /v1/admin/flags',            '401  403  403  403  403  403  200'],
  ['GET /v1/admin/flags/:key',       '401  403  403  403  403  403  200', ({ flagKey }) => ({ id: flagKey })],
  ['PUT /v1/admin/flags/:key',       '401  403  403  403  403  403  200', ({ flagKey }) => ({ id: flagKey, body: { type: 'boolean', default: false } })],
  ['DELETE /v1/admin/flags/:key',    '401  403  403  403  403  403  200', ({ flagKey }) => ({ id: flagKey })],
  ['GET /v1/admin/settings',         '401  403  403  403  403  403  200'],
  ['GET /v1/admin/settings/:key',    '401  403  403  403  403  403  200', () => ({ id: 'data.quotaRows' })],
  ['PUT /v1/admin/settings/:key',    '401  403  403  403  403  403  200', () => ({ id: 'data.quotaRows', body: { value: 50_000_001 } })],
  ['DELETE /v1/admin/settings/:key', '401  403  403  403  403  403  200', () => ({ id: 'data.quotaRows' })],
  ['GET /v1/audit',                  '401  403  403  403  403  403  200'],
  ['GET /v1/audit',                  '401  403  403  403  403  403  200', ({ userId }) => ({ query: `?actorId=${userId}&total=true` })],
  ['GET /v1/audit/head',             '401  403  403  403  403  403  200'],
  ['GET /v1/auth/activity',          '401  200- 200- 200  200  200- 200-'],

  ['POST /v1/auth/signup',           '201  201  201  201  201  201  201', () => ({ body: newcomer() })],
  ['POST /v1/auth/login',            '200  200  200  200  200  200  200', ({ email }) => ({ body: { email, password } })],
  ['POST /v1/auth/login/totp',       '200  200  200  200  200  200  200', ({ challenged }) => ({ body: challenged })],
  ['POST /v1/auth/login/totp',       '401  401  401  401  401  401  401', ({ resetToken }) => ({ body: { challengeToken: resetToken, code: '000000' } })],
  ['POST /v1/auth/refresh',          '200  200  200  200  200  200  200', ({ refreshToken }) => ({ body: { refreshToken } })],
  ['POST /v1/auth/setup',            '409  409  409  409  409  409  409', () => ({ body: { ...newcomer(), token: 'guessed' } })],
  ['POST /v1/auth/forgot-password',  '202  202  202  202  202  202  202', ({ email }) => ({ body: { email } })],
  ['POST /v1/auth/reset-password',   '200  200  200  200  200  200  200', ({ resetToken }) => ({ body: { token: resetToken, password: newPassword } })],
  ['POST /v1/auth/reset-password',   '422  422  422  422  422  422  422', ({ addressToken }) => ({ body: { token: addressToken, password: newPassword } })],
  ['POST /v1/auth/verify-email',     '200  200  200  200  200  200  200', ({ addressToken }) => ({ body: { token: addressToken, password } })],
  ['POST /v1/auth/verify-email',     '422  422  422  200  200  422  422', ({ addressToken }) => ({ body: { token: addressToken } })],
  ['POST /v1/auth/verify-email/resend', '401  202  202  202  202  202  202'],
  ['POST /v1/auth/change-password',  '401  200  200  200  200  200  200', () => ({ body: { currentPassword: password, newPassword } })],
  ['POST /v1/auth/change-password',  '401  422  422  422  422  422  422', () => ({ body: { currentPassword: newPassword, newPassword } })],
  ['POST /v1/auth/reauthenticate',   '401  200  200  200  200  200  200', () => ({ body: { password } })],
  ['POST /v1/auth/reauthenticate',   '401  422  422  422  422  422  422', () => ({ body: { password: newPassword } })],
  ['GET /v1/auth/oauth',             '200  200  200  200  200  200  200'],
  ['GET /v1/auth/oauth/:provider',   '303  303  303  303  303  303  303', () => ({ id: 'github', query: '?returnTo=/docs' })],
  ['GET /v1/auth/oauth/:provider',   '404  404  404  404  404  404  404', () => ({ id: 'elsewhere' })],
  ['GET /v1/auth/oauth/:provider/callback', '401  401  401  401  401  401  401', () => ({ id: 'github', query: '?code=guessed&state=guessed' })],
  ['POST /v1/auth/oauth/exchange',   '401  401  401  401  401  401  401', ({ resetToken }) => ({ body: { code: resetToken, codeVerifier: 'v'.repeat(43) } })],
  ['POST /v1/auth/oauth/:provider/link', '401  409  409  409  409  409  409', () => ({ id: 'github' })],
  ['POST /v1/auth/oauth/:provider/reauthenticate', '401  200= 200= 200= 200= 200= 200=', () => ({ id: 'github' })],
  ['GET /v1/auth/identities',        '401  200- 200- 200  200  200- 200-'],
  ['DELETE /v1/auth/identities/:id', '401  404  404  200  200  404  404', ({ identityId }) => ({ id: identityId })],
  ['GET /v1/auth/totp',              '401  200  200  200  200  200  200'],
  ['POST /v1/auth/totp',             '401  200  200  200  200  200  200'],
  ['POST /v1/auth/totp/confirm',     '401  409  409  409  409  409  409', () => ({ body: { code: '000000' } })],
  ['POST /v1/auth/totp/recovery-codes', '401  404  404  404  404  404  404'],
  ['DELETE /v1/auth/totp',           '401  404  404  404  404  404  404'],
  ['POST /v1/auth/passkeys/options', '401  200- 200- 200  200  200- 200-'],
  ['POST /v1/auth/passkeys',         '401  422  422  422  422  422  422', () => ({ body: { name: 'A phone', credential: madePasskey } })],
  ['GET /v1/auth/passkeys',          '401  200- 200- 200  200  200- 200-'],
  ['PATCH /v1/auth/passkeys/:id',    '401  404  404  200  200  404  404', ({ passkeyId }) => ({ id: passkeyId, body: { name: 'Changed' } })],
  ['DELETE /v1/auth/passkeys/:id',   '401  404  404  200  200  404  404', ({ passkeyId }) => ({ id: passkeyId })],
  ['POST /v1/auth/passkeys/sign-in/options', '200- 200- 200- 200- 200- 200- 200-'],
  ['POST /v1/auth/passkeys/sign-in', '401  401  401  401  401  401  401', () => ({ body: { credential: shownPasskey } })],
  ['POST /v1/auth/passkeys/reauthenticate/options', '401  200- 200- 200- 200- 200- 200-'],
  ['POST /v1/auth/passkeys/reauthenticate', '401  422  422  422  422  422  422', () => ({ body: { credential: shownPasskey } })],
  ['POST /v1/auth/logout',           '401  200  200  200  200  200  200'],
  ['GET /v1/auth/me',                '401  200- 200- 200  200  200- 200-'],
  ['GET /v1/auth/sessions',          '401  200- 200- 200  200  200- 200-'],
  ['DELETE /v1/auth/sessions',       '401  200= 200= 200  200  200= 200='],
  ['DELETE /v1/auth/sessions/:id',   '401  404  404  200  200  404  404', ({ sessionId }) => ({ id: sessionId })],

  ['POST /v1/api-keys',              '401  201  201  201  201  201  201', () => ({ body: { name: 'A script', scopes: ['posts:read'] } })],
  ['POST /v1/api-keys',              '401  422  422  422  422  422  201', () => ({ body: { name: 'A script', scopes: ['users:create'] } })],
  ['GET /v1/api-keys',               '401  200- 200- 200  200  200- 200-'],
  ['GET /v1/api-keys/:id',           '401  404  404  200  200  404  404', ({ apiKeyId }) => ({ id: apiKeyId })],
  ['PATCH /v1/api-keys/:id',         '401  404  404  200  200  404  404', ({ apiKeyId }) => ({ id: apiKeyId, body: { name: 'Changed' } })],
  ['DELETE /v1/api-keys/:id',        '401  404  404  200  200  404  404', ({ apiKeyId }) => ({ id: apiKeyId })],
  ['POST /v1/api-keys/:id/rotate',   '401  404  404  200  200  404  404', ({ apiKeyId }) => ({ id: apiKeyId })],

  ['GET /v1/users',                  '401  200- 200- 200  200  200  200'],
  ['GET /v1/users',                  '401  200- 200- 200  200  200  200', ({ email }) => ({ query: `?q=${email}&total=true` })],
  ['POST /v1/users',                 '401  403  403  403  403  403  201', () => ({ body: { email: newcomer().email } })],
  ['POST /v1/users',                 '401  403  403  403  403  403  201', () => ({ body: { email: newcomer().email, role: 'admin' } })],
  ['GET /v1/users/:id',              '401  404  404  200  200  200  200', ({ userId }) => ({ id: userId })],
  ['PATCH /v1/users/:id',            '401  404  404  200  200  403  200', ({ userId }) => ({ id: userId, body: { name: 'Changed' } })],
  ['PATCH /v1/users/:id',            '401  404  404  403  403  403  200', ({ userId }) => ({ id: userId, body: { role: 'manager' } })],
  ['PATCH /v1/users/:id',            '401  404  404  403  403  403  200', ({ userId }) => ({ id: userId, body: { disabled: true } })],
  ['DELETE /v1/users/:id',           '401  404  404  200  200  403  200', ({ userId }) => ({ id: userId, body: { password } })],
  ['DELETE /v1/users/:id',           '401  404  404  422  422  403  200', ({ userId }) => ({ id: userId })],

  ['GET /v1/jobs',                   '401  200- 200- 200  200  200  200'],
  ['GET /v1/jobs',                   '401  403  403  200  200  200  200', ownedBy],
  ['GET /v1/jobs/:id',               '401  404  404  200  200  200  200', ({ pending }) => ({ id: pending.jobId })],
  ['GET /v1/jobs/:id/events',        '401  404  404  200  200  200  200', ({ pending }) => ({ id: pending.jobId })],
  ['GET /v1/status/:jobId',          '401  404  404  200  200  200  200', ({ failed }) => ({ id: failed.jobId })],
  ['POST /v1/jobs/:id/cancel',       '401  404  403  403  202  403  202', ({ pending }) => ({ id: pending.jobId })],
  ['POST /v1/jobs/:id/cancel',       '401  404  403  403  409  403  409', ({ failed }) => ({ id: failed.jobId })],
  ['POST /v1/jobs/:id/retry',        '401  404  403  403  202  403  202', ({ failed }) => ({ id: failed.jobId })],

  ['POST /v1/uploads/presigned',     '401  201  403  403  201  201  201', () => ({ body: upload })],
  ['POST /v1/uploads/confirm',       '401  404  403  403  202  403  202', ({ uploadId }) => ({ body: { uploadId } })],
  ['POST /v1/uploads/tus',           '401  201  403  403  201  201  201', () => ({ headers: tusUpload })],
  ['PATCH /v1/uploads/tus/:id',      '401  404  403  403  204  404  404', ({ resumableId }) => ({ id: resumableId, headers: tusBytes, body: Buffer.from('a') })],
  ['DELETE /v1/uploads/tus/:id',     '401  404  403  403  204  404  404', ({ resumableId }) => ({ id: resumableId, headers: tusVersion })],
  ['GET /v1/files',                  '401  200- 200- 200  200  200  200'],
  ['GET /v1/files',                  '401  403  403  200  200  200  200', ownedBy],
  ['GET /v1/files/:id',              '401  404  404  200  200  200  200', ({ fileId }) => ({ id: fileId })],
  ['GET /v1/files/:id/content',      '401  404  404  200  200  200  200', ({ fileId }) => ({ id: fileId })],
  ['GET /v1/files/:id/image-url',    '401  404  404  409  409  409  409', ({ fileId }) => ({ id: fileId, query: '?w=100' })],
  ['GET /v1/files/:id/image',        '403  403  403  403  403  403  403', ({ fileId }) => ({ id: fileId, query: '?w=128' })],
  ['DELETE /v1/files/:id',           '401  404  403  403  204  403  204', ({ fileId }) => ({ id: fileId })],
  ['GET /v1/storage/*',              '200  200  200  200  200  200  200', ({ downloadUrl }) => signed(downloadUrl)],
  ['GET /v1/storage/*',              '403  403  403  403  403  403  403', ({ downloadUrl }) => signed(downloadUrl.replace(/\?.*/, ''))],
  ['GET /v1/storage/*',              '403  403  403  403  403  403  403', ({ putUrl }) => signed(putUrl)],
  ['PUT /v1/storage/*',              '200  200  200  200  200  200  200', ({ putUrl }) => ({ ...signed(putUrl), ...plainText })],
  ['PUT /v1/storage/*',              '403  403  403  403  403  403  403', ({ downloadUrl }) => ({ ...signed(downloadUrl), ...plainText })],

  ['POST /v1/generations',           '401  202  403  403  202  202  202', () => ({ body: image })],
  ['POST /v1/generations',           '401  404  403  403  422  422  422', ({ fileId }) => ({ body: { ...image, fileId } })],
  ['GET /v1/generations',            '401  200- 200- 200  200  200  200'],
  ['GET /v1/generations',            '401  403  403  200  200  200  200', ownedBy],
  ['GET /v1/generations/styles',     '401  200  200  200  200  200  200'],
  ['GET /v1/generations/models',     '401  200  200  200  200  200  200'],
  ['GET /v1/generations/:id',        '401  404  404  200  200  200  200', ({ pending }) => ({ id: pending.generationId })],
  ['DELETE /v1/generations/:id',     '401  404  403  403  204  403  204', ({ pending }) => ({ id: pending.generationId })],
  ['POST /v1/generations/:id/cancel', '401  404  403  403  202  403  202', ({ pending }) => ({ id: pending.generationId })],
  ['POST /v1/images/generations',    '401  400  403  403  400  400  400', () => ({ body: { prompt: 'a hill', n: 0 } })],
  ['POST /v1/images/edits',          '401  415  403  403  415  415  415', () => ({ body: { prompt: 'a hill' } })],
  ['GET /v1/models',                 '401  200  200  200  200  200  200'],
  ['GET /v1/models/:id',             '401  200  200  200  200  200  200', () => ({ id: 'backlot' })],
  ['POST /v1/generations/:id/retry', '401  404  403  403  202  403  202', ({ failed }) => ({ id: failed.generationId })],

  ['POST /v1/generate',              '401  202  403  403  202  202  202', () => ({ body: flat })],
  ['POST /v1/generate/preview',      '401  200= 403  403  200= 200= 200=', () => ({ body: flat })],
  ['GET /v1/generate/types',         '401  200  200  200  200  200  200'],
  ['GET /v1/generate/presets',       '401  200  200  200  200  200  200'],
  ['GET /v1/datasets',               '401  200- 200- 200  200  200  200'],
  ['GET /v1/datasets',               '401  403  403  200  200  200  200', ownedBy],
  ['GET /v1/datasets/:id',           '401  404  404  200  200  200  200', ({ dataset }) => ({ id: dataset.datasetId })],
  ['GET /v1/datasets/:id/rows',      '401  404  404  200  200  200  200', ({ dataset }) => ({ id: dataset.datasetId })],
  ['DELETE /v1/datasets/:id',        '401  404  403  403  204  403  204', ({ dataset }) => ({ id: dataset.datasetId })],
  ['POST /v1/export',                '401  202  403  403  202  202  202', () => ({ body: { resource: 'users', format: 'csv' } })],
  ['POST /v1/export',                '401  403  403  403  403  403  202', () => ({ body: { resource: 'audit', format: 'csv' } })],
  ['POST /v1/export',                '401  404  403  403  202  202  202', ({ dataset }) => ({ body: { datasetId: dataset.datasetId, format: 'csv' } })],
  ['POST /v1/export',                '401  404  403  403  422  422  422', ({ fileId }) => ({ body: { fileId, format: 'csv' } })],
  ['GET /v1/exports',                '401  200- 200- 200  200  200  200'],
  ['GET /v1/exports/:id',            '401  404  404  200  200  200  200', ({ written }) => ({ id: written.exportId })],
  ['DELETE /v1/exports/:id',         '401  404  403  403  204  403  204', ({ written }) => ({ id: written.exportId })],
  ['POST /v1/reports',               '401  202  403  403  202  202  202', () => ({ body: june })],
  ['POST /v1/reports',               '401  404  403  403  202  202  202', ({ projectId }) => ({ body: { ...june, projectId } })],
  ['POST /v1/reports',               '401  404  403  403  202  403  202', ({ userId }) => ({ body: { ...june, userId } })],
  ['POST /v1/reports',               '401  403  403  403  403  403  202', () => ({ body: { ...june, installation: true } })],
  ['GET /v1/reports',                '401  200- 200- 200  200  200  200'],
  ['GET /v1/reports/:id',            '401  404  404  200  200  200  200', ({ report }) => ({ id: report.reportId })],
  ['DELETE /v1/reports/:id',         '401  404  403  403  204  403  204', ({ report }) => ({ id: report.reportId })],
  ['POST /v1/syncs',                 '401  201  403  403  201  201  201', () => ({ body: sync })],
  ['POST /v1/syncs',                 '401  404  403  403  422  404  404', ({ dataset }) => ({ body: { ...sync, datasetId: dataset.datasetId } })],
  ['GET /v1/syncs',                  '401  200- 200- 200  200  200- 200'],
  ['GET /v1/syncs/:id',              '401  404  404  200  200  404  200', ({ syncId }) => ({ id: syncId })],
  ['PATCH /v1/syncs/:id',            '401  404  403  403  200  404  200', ({ syncId }) => ({ id: syncId, body: { enabled: false } })],
  ['DELETE /v1/syncs/:id',           '401  404  403  403  204  404  204', ({ syncId }) => ({ id: syncId })],
  ['POST /v1/syncs/:id/run',         '401  404  403  403  202  404  202', ({ syncId }) => ({ id: syncId })],
  ['GET /v1/syncs/:id/runs',         '401  404  404  200  200  404  200', ({ syncId }) => ({ id: syncId })],
  ['POST /v1/webhooks',              '401  201  403  403  201  201  201', () => ({ body: webhook })],
  ['GET /v1/webhooks',               '401  200- 200- 200  200  200  200'],
  ['GET /v1/webhooks',               '401  403  403  200  200  200  200', ownedBy],
  ['GET /v1/webhooks/:id',           '401  404  404  200  200  200  200', ({ webhook }) => ({ id: webhook.webhookId })],
  ['PATCH /v1/webhooks/:id',         '401  404  403  403  200  403  200', ({ webhook }) => ({ id: webhook.webhookId, body: { enabled: false } })],
  ['DELETE /v1/webhooks/:id',        '401  404  403  403  204  403  204', ({ webhook }) => ({ id: webhook.webhookId })],
  ['POST /v1/webhooks/:id/secret',   '401  404  403  403  200  403  200', ({ webhook }) => ({ id: webhook.webhookId })],
  ['POST /v1/webhooks/:id/test',     '401  404  403  403  202  403  202', ({ webhook }) => ({ id: webhook.webhookId })],
  ['GET /v1/webhooks/:id/deliveries', '401  404  404  200  200  200  200', ({ webhook }) => ({ id: webhook.webhookId })],
  ['POST /v1/deliveries/:id/replay', '401  404  403  403  202  403  202', ({ webhook }) => ({ id: webhook.deliveryId })],
  ['POST /v1/upload',                '401  201  403  403  201  201  201', () => csvForm],

  ['POST /v1/projects',              '401  201  403  403  201  201  201', () => ({ body: { name: 'Show' } })],
  ['GET /v1/projects',               '401  200- 200- 200  200  200  200'],
  ['GET /v1/projects',               '401  403  403  200  200  200  200', ownedBy],
  ['GET /v1/projects/:id',           '401  404  404  200  200  200  200', ({ projectId }) => ({ id: projectId })],
  ['PATCH /v1/projects/:id',         '401  404  403  403  200  403  200', ({ projectId }) => ({ id: projectId, body: { name: 'Changed' } })],
  ['DELETE /v1/projects/:id',        '401  404  403  403  204  403  204', ({ projectId }) => ({ id: projectId })],
  ['GET /v1/projects/:id/streams',   '401  404  404  200  200  200  200', ({ live }) => ({ id: live.projectId })],
  ['GET /v1/projects/:id/events',    '401  404  404  200  200  200  200', ({ live }) => ({ id: live.projectId })],
  ['GET /v1/streams/:id',            '401  404  404  200  200  200  200', ({ live }) => ({ id: live.streamId })],
  ['GET /v1/streams/:id/events',     '401  404  404  200  200  200  200', ({ live }) => ({ id: live.streamId })],
  ['GET /v1/relays',                 '401  200- 200- 200  200  200  200'],
  ['GET /v1/relays',                 '401  403  403  200  200  200  200', ownedBy],
  ['POST /v1/streams/on_publish',    '204  204  204  204  204  204  204', ({ live }) => ({ form: { name: live.streamKey } })],
  ['POST /v1/streams/on_publish',    '403  403  403  403  403  403  403', () => ({ form: { name: 'live_guessed' } })],
  ['POST /v1/streams/on_update',     '204  204  204  204  204  204  204', ({ live }) => ({ form: { name: live.streamKey } })],
  ['POST /v1/streams/on_publish_done', '204  204  204  204  204  204  204', ({ live }) => ({ form: { name: live.streamKey } })],
  ['GET /v1/projects/:id/preview',    '401  404  404  200  200  200  200', ({ projectId }) => ({ id: projectId })],
  ['GET /v1/projects/:id/thumbnail',  '401  404  404  404  404  404  404', ({ projectId }) => ({ id: projectId })],
  ['GET /v1/live/preview/:streamId/:file', '403  403  403  403  403  403  403', ({ live }) => ({ id: live.streamId })],
  ['POST /v1/projects/:id/stream-key', '401  404  403  403  200  403  200', ({ projectId }) => ({ id: projectId })],
  ['GET /v1/projects/:id/destinations', '401  404  404  200  200  200  200', ({ projectId }) => ({ id: projectId })],
  ['POST /v1/projects/:id/destinations', '401  404  403  403  201  403  201', ({ projectId }) => ({ id: projectId, body: destination })],
  ['GET /v1/destinations/:id',       '401  404  404  200  200  200  200', ({ destinationId }) => ({ id: destinationId })],
  ['PATCH /v1/destinations/:id',     '401  404  403  403  200  403  200', ({ destinationId }) => ({ id: destinationId, body: { name: 'Changed' } })],
  ['DELETE /v1/destinations/:id',    '401  404  403  403  204  403  204', ({ destinationId }) => ({ id: destinationId })],
  ['POST /v1/destinations/:id/start', '401  404  403  403  200  403  200', ({ stoppedDestinationId }) => ({ id: stoppedDestinationId })],
  ['POST /v1/destinations/:id/start', '401  404  403  403  200= 403  200=', ({ destinationId }) => ({ id: destinationId })],
  ['POST /v1/destinations/:id/stop', '401  404  403  403  200  403  200', ({ destinationId }) => ({ id: destinationId })],

  ['GET /v1/realtime',               '426  426  426  426  426  426  426'],
  ['POST /v1/batch',                 '401  200  403  403  200  200  200', () => ({ body: { calls: [{ method: 'POST', path: '/v1/posts', body: { title: 'Mine', body: 'It is mine.' } }] } })],
  ['GET /v1/notifications',          '401  200- 200- 200  200  200- 200-'],

  ['GET /v1/posts',                  '200  200  200  200  200  200  200'],
  ['GET /v1/posts',                  '200- 200- 200- 200  200  200  200', () => ({ query: '?published=false' })],
  ['GET /v1/posts',                  '200- 200- 200- 200  200  200  200', () => ({ query: '?status=draft&total=true' })],
  ['GET /v1/posts',                  '200- 200- 200- 200  200  200  200', () => ({ query: '?deleted=true' })],
  ['POST /v1/posts',                 '401  201  403  403  201  201  201', () => ({ body: { title: 'Mine', body: 'It is mine.' } })],
  ['GET /v1/posts/feed.rss',         '200  200  200  200  200  200  200'],
  ['GET /v1/posts/feed.atom',        '200  200  200  200  200  200  200'],
  ['GET /v1/posts/:id',              '200  200  200  200  200  200  200', ({ postId }) => ({ id: postId })],
  ['GET /v1/posts/:id',              '404  404  404  200  200  200  200', ({ draftId }) => ({ id: draftId })],
  ['GET /v1/posts/:id',              '404  404  404  404  404  404  404', ({ deletedPostId }) => ({ id: deletedPostId })],
  ['GET /v1/posts/:id/cover',        '302  302  302  302  302  302  302', ({ postId }) => ({ id: postId })],
  ['GET /v1/posts/:id/cover',        '404  404  404  404  404  404  404', ({ draftId }) => ({ id: draftId })],
  ['PATCH /v1/posts/:id',            '401  403  403  403  200  200  200', ({ postId }) => ({ id: postId, body: { title: 'Changed' } })],
  ['PATCH /v1/posts/:id',            '401  404  403  403  200  200  200', ({ draftId }) => ({ id: draftId, body: { title: 'Changed' } })],
  ['PATCH /v1/posts/:id',            '401  404  403  403  404  404  404', ({ deletedPostId }) => ({ id: deletedPostId, body: { title: 'Changed' } })],
  ['DELETE /v1/posts/:id',           '401  403  403  403  204  204  204', ({ postId }) => ({ id: postId })],
  ['DELETE /v1/posts/:id',           '401  404  403  403  204  204  204', ({ draftId }) => ({ id: draftId })],
  ['POST /v1/posts/:id/restore',     '401  404  403  403  200  200  200', ({ deletedPostId }) => ({ id: deletedPostId })],
  ['POST /v1/posts/:id/restore',     '401  403  403  403  200= 200= 200=', ({ postId }) => ({ id: postId })],
]
