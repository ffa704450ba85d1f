import { readSignedQuery, signQuery } from '../../../platform/storage/signed-url.ts'
import { type Transform, transformQuery } from './transform.ts'

/** Links made in the same minute are alike, so that caches find what they have. */
const roundedToMs = 60_000
export const longestLinkSeconds = 7 * 24 * 60 * 60

const pathOf = (fileId: string) => `/v1/files/${fileId}/image`

/**
 * A link to a file's picture, good for whoever gets it.
 * @returns when it ends: as asked for, rounded up to a whole minute
 */
export const signImageUrl = (
  signingKey: Uint8Array,
  fileId: string,
  { w, h, fit, format, quality }: Transform,
  expiresInSeconds: number,
): { url: string; expiresAt: Date } => {
  const expiresAt = new Date(Math.ceil((Date.now() + expiresInSeconds * 1_000) / roundedToMs) * roundedToMs)
  const query = signQuery(signingKey, 'GET', pathOf(fileId), {
    expires: String(expiresAt.getTime() / 1_000),
    ...(w === undefined ? {} : { w: String(w) }),
    ...(h === undefined ? {} : { h: String(h) }),
    fit,
    format,
    quality: String(quality),
  })
  return { url: `${pathOf(fileId)}?${query}`, expiresAt }
}

/** @throws 403 `SIGNATURE_INVALID`, for any parameter that was changed, added or taken away; `URL_EXPIRED` */
export const readImageUrl = (
  signingKey: Uint8Array,
  fileId: string,
  url: string,
): { transform: Transform; expiresAt: Date } => {
  const { expiresAt, values } = readSignedQuery(signingKey, 'GET', pathOf(fileId), url)
  return { transform: transformQuery.parse(values), expiresAt }
}
