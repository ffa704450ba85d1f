import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { contentDisposition } from '../content-disposition.ts'
import type { DownloadGrant, UploadGrant } from '../storage.ts'

/**
 * Links to the same until the same moment are alike when they are signed in the same five minutes: browsers cache by URL. A date
 * that is past also suits servers whose clocks are slow.
 */
const signedEveryMs = 5 * 60_000

const lastSigningDate = () => new Date(Math.floor(Date.now() / signedEveryMs) * signedEveryMs)

const secondsFrom = (start: Date, end: Date) =>
  Math.max(1, Math.ceil((end.getTime() - start.getTime()) / 1_000))

/**
 * A URL to PUT exactly the content type and size that are granted. Where the server knows checksums, it also takes no other
 * content than the one whose SHA-256 was declared.
 */
export const signS3Upload = async (client: S3Client, bucket: string, grant: UploadGrant) => {
  const checksum =
    grant.sha256 === undefined
      ? undefined
      : { 'x-amz-checksum-sha256': Buffer.from(grant.sha256, 'hex').toString('base64') }
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: grant.key,
    ContentType: grant.contentType,
    ContentLength: grant.maxBytes,
    ChecksumSHA256: checksum?.['x-amz-checksum-sha256'],
  })
  const signingDate = lastSigningDate()
  const url = await getSignedUrl(client, command, {
    signingDate,
    expiresIn: secondsFrom(signingDate, grant.expiresAt),
    // In the query they would bind nobody.
    unhoistableHeaders: new Set(Object.keys(checksum ?? {})),
    // Which is left out by default.
    signableHeaders: new Set(['content-type']),
  })
  return { url, headers: { 'content-type': grant.contentType, ...checksum } }
}

/** A URL to GET an object under its name and type, whatever it was stored as. */
export const signS3Download = (client: S3Client, bucket: string, grant: DownloadGrant): Promise<string> => {
  const { key, contentType, fileName, expiresAt } = grant
  const signingDate = lastSigningDate()
  const expiresIn = secondsFrom(signingDate, expiresAt)
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ResponseContentType: contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
    ResponseContentDisposition: contentDisposition(contentType, fileName),
    ResponseCacheControl: `private, max-age=${expiresIn}, immutable`,
  })
  return getSignedUrl(client, command, { signingDate, expiresIn })
}
