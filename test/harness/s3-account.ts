import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { openS3Client, type S3Options } from '../../src/platform/storage/s3/s3-client.ts'

export type S3Server = {
  endpoint: string
  accessKeyId: string
  secretAccessKey: string
  stop: () => Promise<void>
}

let buckets = 0

/** A new bucket of a server, and a look into it that does not go through Backlot. */
export const makeBucket = async ({ endpoint, accessKeyId, secretAccessKey }: S3Server) => {
  buckets += 1
  const bucket = `backlot-test-${process.pid}-${buckets}`
  const options: S3Options = {
    ...{ endpoint, publicEndpoint: undefined, bucket, region: 'us-east-1' },
    ...{ accessKeyId, secretAccessKey, forcePathStyle: true },
  }
  const client = openS3Client(options)
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const keys = async () => {
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
    return (Contents ?? []).map(({ Key }) => Key)
  }
  const uploadsInParts = async () => {
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    return (Uploads ?? []).map(({ Key }) => Key)
  }
  return {
    options,
    client,
    /** The variables that make Backlot use it. */
    env: {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    keys,
    uploadsInParts,
    /** Uploads in parts, where the server lists them, and the tails of drafts. */
    unfinished: async () => {
      const inParts = await uploadsInParts().catch((error: unknown) => {
        if (error instanceof S3ServiceException && error.name === 'NotImplemented') return []
        throw error
      })
      const tails = (await keys()).filter((key) => key?.startsWith('uploads/tails/'))
      return [...inParts, ...tails].map(String)
    },
    close: () => client.destroy(),
  }
}

export type TestBucket = Awaited<ReturnType<typeof makeBucket>>
