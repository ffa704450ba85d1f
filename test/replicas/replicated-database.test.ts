import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { processesIn } from '../harness/database-server.ts'
import { type ReplicatedDatabase, startReplicatedDatabase } from '../harness/replicated-database.ts'

vi.setConfig({ testTimeout: 40_000 })

const query = async (url: string, text: string) => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 1_000,
    query_timeout: 1_000,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    // A frozen server does not hear of the end.
    client.connection.stream.destroy()
  }
}

describe('a primary and its replica', () => {
  let database: ReplicatedDatabase
  beforeAll(async () => {
    database = await startReplicatedDatabase()
    await query(database.primary.url, 'create table kept (n int)')
    await database.caughtUp()
  })
  afterAll(() => database?.close())

  const replica = () => database.replicas[0] ?? expect.fail('there is no replica')
  const read = () => query(replica().url, 'select n from kept order by n')
  const write = (n: number) => query(database.primary.url, `insert into kept values (${n})`)

  test('a frozen replica answers nothing until it is thawed, and a killed one comes back with what it missed', async () => {
    replica().freeze()
    await expect(read()).rejects.toThrow('timeout')
    replica().thaw()
    expect(await read()).toEqual([])

    await replica().kill()
    await expect(read()).rejects.toThrow('ECONNREFUSED')
    await write(1)
    await replica().start()
    await database.caughtUp()
    expect(await read()).toEqual([1])
  })

  test('rows reach the replica, unless its replay is paused, and it takes writes once it is promoted', async () => {
    await write(2)
    await database.caughtUp()
    expect(await read()).toEqual([1, 2])
    await expect(query(replica().url, 'insert into kept values (9)')).rejects.toThrow(/read-only/)

    await replica().pauseReplay()
    await write(3)
    expect(await read()).toEqual([1, 2])
    await replica().resumeReplay()
    await database.caughtUp()
    expect(await read()).toEqual([1, 2, 3])

    await database.primary.kill()
    await expect(write(4)).rejects.toThrow('ECONNREFUSED')
    expect(await read()).toEqual([1, 2, 3])
    await replica().promote()
    await query(replica().url, 'insert into kept values (4)')
    expect(await read()).toEqual([1, 2, 3, 4])
  })
})

test('with two synchronous replicas a commit waits for one of them, and nothing is left at the end', async () => {
  const database = await startReplicatedDatabase({ replicas: 2, synchronous: true })
  onTestFinished(() => database.close())
  const { primary, replicas } = database
  await query(primary.url, 'create table kept (n int)')
  replicas[0]?.freeze()
  await query(primary.url, 'insert into kept values (1)')
  replicas[1]?.freeze()
  await expect(query(primary.url, 'insert into kept values (2)')).rejects.toThrow('timeout')

  const clusters = [primary, ...replicas].map(({ cluster }) => cluster)
  for (const cluster of clusters) expect(processesIn(cluster).length).toBeGreaterThan(5)
  await database.close()
  for (const cluster of clusters) expect(processesIn(cluster)).toEqual([])
  expect(clusters.filter((cluster) => fs.existsSync(path.dirname(cluster)))).toEqual([])
})
