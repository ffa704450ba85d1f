import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { forbidden } from '../errors.ts'
import { isObjectKey } from './object-key.ts'
import type { DownloadGrant, UploadGrant } from './storage.ts'

type Method = 'GET' | 'PUT'

/** Where `storage.routes.ts` serves objects. */
const pathPrefix = '/v1/storage/'

const seconds = (date: Date) => String(Math.ceil(date.getTime() / 1_000))

export const signUploadUrl = (signingKey: Uint8Array, grant: UploadGrant) => {
  const url = sign(signingKey, 'PUT', grant.key, {
    expires: seconds(grant.expiresAt),
    max: String(grant.maxBytes),
    type: grant.contentType,
    ...(grant.sha256 === undefined ? {} : { sha256: grant.sha256 }),
  })
  return { url, headers: { 'content-type': grant.contentType } }
}

export const signDownloadUrl = (signingKey: Uint8Array, grant: DownloadGrant): string =>
  sign(signingKey, 'GET', grant.key, {
    expires: seconds(grant.expiresAt),
    type: grant.contentType,
    name: grant.fileName,
  })

const expires = z.coerce.number().transform((since) => new Date(since * 1_000))
const uploadQuery = z.object({
  expires,
  max: z.coerce.number(),
  type: z.string(),
  sha256: z.string().optional(),
})
const downloadQuery = z.object({ expires, type: z.string(), name: z.string() })

/** @throws 403 for a URL that we did not sign for this key and method, or that has expired */
export const readUploadUrl = (signingKey: Uint8Array, key: string, url: string): UploadGrant => {
  const query = uploadQuery.parse(verify(signingKey, 'PUT', objectKey(key), url))
  refuseExpired(query.expires)
  return { key, contentType: query.type, maxBytes: query.max, sha256: query.sha256, expiresAt: query.expires }
}

/** @throws 403 for a URL that we did not sign for this key and method, or that has expired */
export const readDownloadUrl = (signingKey: Uint8Array, key: string, url: string): DownloadGrant => {
  const query = downloadQuery.parse(verify(signingKey, 'GET', objectKey(key), url))
  refuseExpired(query.expires)
  return { key, contentType: query.type, fileName: query.name, expiresAt: query.expires }
}

/** What a URL says where a key should be may be the subject of other URLs, which are signed by the same key. */
const objectKey = (text: string): string => {
  if (!isObjectKey(text)) throw notOurs()
  return text
}

const sign = (
  signingKey: Uint8Array,
  method: Method,
  key: string,
  values: Record<string, string> & { expires: string },
) => `${pathPrefix}${key}?${signQuery(signingKey, method, key, values)}`

/**
 * A query that only this server can write. `readSignedQuery` takes it for the same method and subject alone.
 * @param values hold `expires`, in seconds since 1970
 * @param subject what the URL is about; no two routes may have the same
 */
export const signQuery = (
  signingKey: Uint8Array,
  method: Method,
  subject: string,
  values: Record<string, string> & { expires: string },
): string => {
  const query = new URLSearchParams(values)
  query.append('signature', signatureOf(signingKey, method, subject, query).toString('base64url'))
  return query.toString()
}

/** @throws 403 `SIGNATURE_INVALID` for a query that we did not sign so, `URL_EXPIRED` */
export const readSignedQuery = (
  signingKey: Uint8Array,
  method: Method,
  subject: string,
  url: string,
): { values: Record<string, string>; expiresAt: Date } => {
  const values = verify(signingKey, method, subject, url)
  const expiresAt = expires.parse(values.expires)
  refuseExpired(expiresAt)
  return { values, expiresAt }
}

/** HMAC-SHA256 over everything that the URL grants; encoded values hold no line breaks, so parts cannot run together. */
const signatureOf = (signingKey: Uint8Array, method: Method, key: string, query: URLSearchParams): Buffer => {
  query.sort()
  return createHmac('sha256', signingKey).update(`${method}\n${key}\n${query}`).digest()
}

/** The values of a genuine query. All of it is signed, so that a parameter too many or twice breaks the signature. */
const verify = (signingKey: Uint8Array, method: Method, key: string, url: string): Record<string, string> => {
  const mark = url.indexOf('?')
  const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
  const given = Buffer.from(query.get('signature') ?? '', 'base64url')
  query.delete('signature')
  const expected = signatureOf(signingKey, method, key, query)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw notOurs()
  }
  return Object.fromEntries(query)
}

const notOurs = () => forbidden('This URL was not made here, or was changed.', 'SIGNATURE_INVALID')

const refuseExpired = (expiresAt: Date) => {
  if (expiresAt.getTime() <= Date.now())
    throw forbidden('This URL has expired. Ask for a new one.', 'URL_EXPIRED')
}
