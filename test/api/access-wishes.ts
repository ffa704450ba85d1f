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

export const newPassword = 'another horse 43'
export const image = { prompt: 'a hill', style: 'noir' }
export const upload = { kind: 'document', name: 'a.txt', contentType: 'text/plain', sizeBytes: 3 }
export const webhook = { url: 'https://example.com/hook', events: ['*'] }
export const june = { from: '2025-06-01', to: '2025-06-30' }
const source = { name: 'Prices', url: 'https://example.com/prices.json', format: 'json' }
export const sync = { ...source, keyColumns: ['id'], timing: { everyMinutes: 60 } }
export const flat = { count: 2, fields: [{ name: 'id', type: 'uuid' }] }
export const destination = { name: 'Mine', platform: 'twitch', streamKey: 'abcd-efgh-1234' }
let newcomers = 0
export const newcomer = () => {
  newcomers += 1
  return { email: `newcomer-${newcomers}@example.com`, password: newPassword }
}
export const ownedBy = ({ userId }: Things) => ({ query: `?ownerId=${userId}` })
export const signed = (url: string): Wish => ({ id: url.replace('/v1/storage/', '') })
export const sameOrigin = { 'sec-fetch-site': 'same-origin' }
export const plainText = { headers: { 'content-type': 'text/plain' }, body: Buffer.from('abc') }
const clientDataJSON = Buffer.from(JSON.stringify({ challenge: 'A'.repeat(43) })).toString('base64url')
export const madePasskey = {
  id: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON, attestationObject: 'AAAA' },
}
export const shownPasskey = {
  id: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON, authenticatorData: 'AAAA', signature: 'AAAA' },
}
export const tusVersion = { 'tus-resumable': '1.0.0' }
export const tusBytes = {
  ...tusVersion,
  'content-type': 'application/offset+octet-stream',
  'upload-offset': '0',
}
export const tusUpload = {
  ...tusVersion,
  'upload-length': '3',
  'upload-metadata': 'filename YS50eHQ=,filetype dGV4dC9wbGFpbg==,kind ZG9jdW1lbnQ=',
}
export const csvForm = {
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
