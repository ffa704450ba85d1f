import { provideRedisServer, RedisServer } from './redis-server.ts'
import { makeBucket, type S3Server, type TestBucket } from './s3-account.ts'
import { startS3rver } from './s3rver-server.ts'

/** What carries the ids of jobs. `isHere` tells whether this machine has what it needs, which is said aloud if it has not. */
export const queueEngines = async () => [
  { engine: 'PostgreSQL', isHere: true, startRedis: async () => undefined },
  { engine: 'Redis', isHere: await provideRedisServer(), startRedis: () => RedisServer.start() },
]

export type Deployment = { name: string; engine: string; files: 'disk' | 'S3'; isHere: boolean }

/** Each combination of queue engine and storage. */
export const deployments = async ({ isS3Here = true } = {}): Promise<Deployment[]> =>
  (await queueEngines()).flatMap(({ engine, isHere }) => [
    { name: `queues on ${engine}, files on disk`, engine, files: 'disk' as const, isHere },
    { name: `queues on ${engine}, files on S3`, engine, files: 'S3' as const, isHere: isHere && isS3Here },
  ])

export type Deployed = {
  /** The variables that make Backlot use them. */
  env: Record<string, string>
  redis: RedisServer | undefined
  bucket: TestBucket | undefined
}

/** The servers that the deployments of one test file share: each is started when it is first asked for. */
export class DeploymentServers {
  readonly #startS3: () => Promise<S3Server>
  readonly #opened = new AsyncDisposableStack()
  #redis: Promise<RedisServer> | undefined
  #s3: Promise<S3Server> | undefined

  constructor(startS3 = startS3rver) {
    this.#startS3 = startS3
  }

  /** Redis is shared; on S3 there is a new bucket each time. */
  async deploy({ engine, files }: Deployment): Promise<Deployed> {
    const redis = engine === 'Redis' ? await this.#startedRedis() : undefined
    const bucket = files === 'S3' ? await this.#newBucket() : undefined
    return { env: { ...(redis && { REDIS_URL: redis.url }), ...bucket?.env }, redis, bucket }
  }

  close(): Promise<void> {
    return this.#opened.disposeAsync()
  }

  #startedRedis(): Promise<RedisServer> {
    this.#redis ??= RedisServer.start().then((redis) => this.#opened.adopt(redis, () => redis.close()))
    return this.#redis
  }

  async #newBucket(): Promise<TestBucket> {
    this.#s3 ??= this.#startS3().then((s3) => this.#opened.adopt(s3, () => s3.stop()))
    const bucket = await makeBucket(await this.#s3)
    this.#opened.defer(() => bucket.close())
    return bucket
  }
}
