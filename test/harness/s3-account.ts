import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
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
  return {
    options,
    /** The variables that make Backlot use it. */
    env: {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    keys: async () => {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return (Contents ?? []).map(({ Key }) => Key)
    },
    uploadsInParts: async () => {
      const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
      return (Uploads ?? []).map(({ Key }) => Key)
    },
    close: () => client.destroy(),
  }
}

export type TestBucket = Awaited<ReturnType<typeof makeBucket>>
