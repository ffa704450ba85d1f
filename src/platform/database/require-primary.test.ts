import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ReplicatedDatabase,
  startReplicatedDatabase,
} from '../../../test/harness/replicated-database.ts'
import { Database } from './database.ts'
import { probePrimary } from './probe-primary.ts'
import { refuseReplica } from './require-primary.ts'

let replicated: ReplicatedDatabase
const signal = AbortSignal.timeout(60_000)

beforeAll(async () => {
  replicated = await startReplicatedDatabase()
}, 60_000)
afterAll(() => replicated.close())

const urlOf = (server: 'primary' | 'replica') =>
  server === 'primary' ? replicated.primary.url : (replicated.replicas[0]?.url ?? '')
const openDatabase = (server: 'primary' | 'replica') =>
  new Database({
    ...{ url: urlOf(server), ssl: false, poolMax: 2, applicationName: 'test' },
    onConnectionError: () => undefined,
  })

test('no statement, transaction or bulk work gets a connection to a replica', async () => {
  const database = openDatabase('replica')
  const ran: string[] = []
  const attempts = [
    () => database.pool.query('select 1'),
    () => database.db.transaction(async () => void ran.push('transaction')),
    () => database.bulk.use(signal, async () => void ran.push('bulk')),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: '25006' })
  expect(ran).toEqual([])
  await database.close()
})

test('they get one to the primary', async () => {
  const database = openDatabase('primary')
  expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(await database.db.transaction(async () => 'done')).toBe('done')
  expect(await database.bulk.use(signal, async () => 'done')).toBe('done')
  await database.close()
})

test('one connection can be asked', async () => {
  for (const server of ['primary', 'replica'] as const) {
    const client = new pg.Client(urlOf(server))
    await client.connect()
    const answer = refuseReplica(client)
    if (server === 'primary') await answer
    else await expect(answer).rejects.toMatchObject({ code: '25006' })
    await client.end()
  }
})

test('a probe finds the primary fit, and a replica not', async () => {
  const options = { ssl: false, applicationName: 'test' }
  await probePrimary({ ...options, url: urlOf('primary') }, signal)
  const onReplica = probePrimary({ ...options, url: urlOf('replica') }, signal)
  await expect(onReplica).rejects.toMatchObject({ code: '25006' })
})
