import { createHash } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'

export type S3Options = {
  endpoint: string
  /** The same for clients, whose URLs are signed for it; undefined when they reach `endpoint` too. */
  publicEndpoint: string | undefined
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** The bucket is in the path of URLs, not in their host. */
  forcePathStyle: boolean
}

const attempts = 3
const connectTimeoutMs = 2_000
/** Until the head of an answer has come. Calls that take longer by nature say so themselves. */
const answerTimeoutMs = 4_000

/** A client of one endpoint. Close it with `destroy`. */
export const openS3Client = (options: S3Options, endpoint = options.endpoint): S3Client => {
  const { region, accessKeyId, secretAccessKey, forcePathStyle } = options
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: attempts,
    // S3 servers that are not Amazon's know neither these checksums nor the chunks that carry them. What is sent is covered by
    // its signature, and what is stored by the SHA-256 that we keep of it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // A server that does not know the question would be waited for with each part.
    expectContinueHeader: false,
    requestHandler: {
      // As many as there are clients that read: with fewer, slow ones would keep all others away.
      httpAgent: { maxSockets: Number.POSITIVE_INFINITY },
      httpsAgent: { maxSockets: Number.POSITIVE_INFINITY },
      connectionTimeout: connectTimeoutMs,
      requestTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
      // It would also count while a slow reader is waited for; `guardedBody` counts our own waiting alone.
      socketTimeout: 0,
    },
  })
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === 'DeleteObjectsCommand') useContentMd5(args.request)
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'contentMd5' },
  )
  return client
}

/**
 * Servers that are older than Amazon's checksums ask for `Content-MD5` where a checksum has to be, which Amazon takes too:
 * https://github.com/aws/aws-sdk-js-v3/blob/main/supplemental-docs/MD5_FALLBACK.md
 */
const useContentMd5 = (request: unknown): void => {
  if (!hasBodyAndHeaders(request)) return
  for (const name of Object.keys(request.headers)) {
    if (/^x-amz-(sdk-)?checksum-/i.test(name)) delete request.headers[name]
  }
  request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64')
}

type RawRequest = { headers: Record<string, string>; body: string | Uint8Array }

const hasBodyAndHeaders = (request: unknown): request is RawRequest =>
  typeof request === 'object' &&
  request !== null &&
  'headers' in request &&
  'body' in request &&
  (typeof request.body === 'string' || request.body instanceof Uint8Array)
