import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { PipelinedConnections } from './pipelined-connections.ts'

const max = 4
const soon = { timeout: 10_000, interval: 50 }

let database: Awaited<ReturnType<typeof createTestDatabase>>
let observer: pg.Client
let proxy: TcpProxy
let connections: PipelinedConnections

beforeEach(async () => {
  database = await createTestDatabase()
  observer = new pg.Client({ connectionString: database.url })
  await observer.connect()
  proxy = await TcpProxy.start(database.url)
  connections = new PipelinedConnections({
    url: proxy.url,
    ssl: false,
    applicationName: 'pipelined test',
    max,
    statementTimeoutMs: 5_000,
    onIdleError: () => undefined,
  })
})
afterEach(async () => {
  await connections.close()
  await proxy.close()
  await observer.end()
  await database.drop()
})

const backends = async (): Promise<number> => {
  const { rows } = await observer.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where application_name = 'pipelined test'`,
  )
  return rows[0]?.count ?? Number.NaN
}

const ask = () => connections.query({ text: 'select 1' })
const isAnswered = () =>
  ask().then(
    () => true,
    () => false,
  )
const untilAnswered = (expected: boolean) => expect.poll(isAnswered, soon).toBe(expected)

test('however often they break under load, there are never more, and none is left at the end', async () => {
  let going = true
  const caller = async () => {
    while (going) await ask().catch(() => new Promise((resolve) => setImmediate(resolve)))
  }
  const callers = Promise.all(Array.from({ length: 8 }, caller))
  for (let round = 0; round < 5; round += 1) {
    await untilAnswered(true)
    await proxy.cut()
    await untilAnswered(false)
    await proxy.restore()
  }
  await untilAnswered(true)
  going = false
  await callers
  await expect.poll(backends, soon).toBeLessThanOrEqual(max)
  expect(connections.clients.length).toBeLessThanOrEqual(max)
  await connections.close()
  await expect.poll(backends, soon).toBe(0)
})

test('all statements of one turn get their own answers', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => connections.query({ text: 'select $1::int as n' }, [n])),
  )
  expect(answers.map(({ rows }) => rows[0].n)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  expect(await backends()).toBe(max)
})

test('closing does not wait for a server that answers nothing', async () => {
  await ask()
  proxy.silence()
  const waiting = expect(ask()).rejects.toThrow('Connection terminated')
  const startedAt = performance.now()
  await connections.close()
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  await waiting
})
