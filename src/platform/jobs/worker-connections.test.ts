import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { WorkerConnections } from './worker-connections.ts'

const canRun = await provideRedisServer()
const silenceTimeoutMs = 1_000

describe.skipIf(!canRun)('connections of a worker', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await RedisServer.start()
  })
  afterAll(() => redis.close())

  const open = async () => {
    const client = new WorkerConnections(redis.url, silenceTimeoutMs).template.duplicate()
    const closes: number[] = []
    const errors: string[] = []
    client
      .on('close', () => closes.push(performance.now()))
      .on('error', ({ message }) => errors.push(message))
    await once(client, 'ready')
    return { client, closes, errors }
  }

  test('one that was lost while it waited leaves the next one alone', async () => {
    const { client, closes, errors } = await open()
    const waiting = client.bzpopmin('nothing', 0.5)
    await redis.with((other) => other.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
    await once(client, 'ready')
    await waiting
    const until = performance.now() + 2 * silenceTimeoutMs
    while (performance.now() < until) await client.bzpopmin('nothing', 0.5)
    expect({ closes: closes.length, errors }).toEqual({ closes: 1, errors: [] })
    client.disconnect()
  })

  test('one on which nothing comes back is made anew, and so is the one after it', async () => {
    const { client, closes, errors } = await open()
    redis.pause()
    const answer = client.ping()
    await expect.poll(() => closes.length, { timeout: 6_000 }).toBe(2)
    redis.resume()
    expect(await answer).toBe('PONG')
    expect(errors).toContainEqual(expect.stringContaining('Socket timeout'))
    client.disconnect()
  })
})
