import { ListObjectsV2Command, S3ServiceException } from '@aws-sdk/client-s3'
import { StartFault } from '../../process/start-fault.ts'
import { callInTime, type S3Bucket } from './s3-bucket.ts'
import type { S3Options } from './s3-client.ts'
import { isOutage } from './s3-faults.ts'

/**
 * Whether the bucket is there and the keys open it. False when S3 is away for the moment, which is no reason not to start.
 * @throws StartFault with one line for what the operator has to put right
 */
export const isBucketReady = async (bucket: S3Bucket, options: S3Options): Promise<boolean> => {
  const command = new ListObjectsV2Command({ Bucket: bucket.name, MaxKeys: 1 })
  try {
    await callInTime((sending) => bucket.client.send(command, sending), {})
    return true
  } catch (error) {
    const fault = faultOf(error, options)
    if (fault === undefined && isOutage(error)) return false
    throw new StartFault(
      fault ?? `S3_ENDPOINT: ${options.endpoint} does not answer as S3 does (${reasonOf(error)}).`,
      { cause: error },
    )
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`
  return error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)
}

const wrongKeys = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken'])
const wrongRegion = new Set([
  'AuthorizationHeaderMalformed',
  'PermanentRedirect',
  'IllegalLocationConstraintException',
])

const faultOf = (error: unknown, { endpoint, bucket, region }: S3Options): string | undefined => {
  if (!(error instanceof S3ServiceException)) return undefined
  if (error.name === 'NoSuchBucket')
    return `S3_BUCKET: there is no bucket ${bucket} at ${endpoint}. Make it first.`
  if (wrongKeys.has(error.name))
    return `S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: ${endpoint} does not take these keys (${error.name}).`
  if (wrongRegion.has(error.name)) return `S3_REGION: the bucket ${bucket} is not in ${region}.`
  if (error.name === 'RequestTimeTooSkewed')
    return `S3_ENDPOINT: the clocks of ${endpoint} and of this machine differ by more than it takes.`
  if (error.$metadata.httpStatusCode === 403)
    return `S3_ACCESS_KEY_ID: this key may not list the bucket ${bucket} (${error.name}). It needs the rights that docs/operations.md names.`
  return undefined
}
