import { randomUUID } from 'node:crypto'
import { asc, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import type { Db } from '../../platform/database/database.ts'
import { deriveLiveKeys } from './live-keys.ts'
import {
  advanceEventSeq,
  findLiveProject,
  lockLiveProject,
  readRelayTargets,
  restDestinations,
  setDestinationState,
  setDestinationStats,
  setLiveStream,
} from './live-project.ts'
import { destinations } from './projects.table.ts'

let backlot: TestApp
let ada: Person
let db: Db

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  db = backlot.platform.db
})
afterAll(() => backlot.close())

/** A project with one destination that is wanted, and one that is not. */
const newProject = async () => {
  const { data } = await call(backlot, ada, 'POST', '/v1/projects', { body: { name: 'Show' } })
  const add = async (name: string, enabled: boolean): Promise<string> => {
    const body = { name, platform: 'twitch', streamKey: 'abcd-efgh-1234', enabled }
    return (await call(backlot, ada, 'POST', `/v1/projects/${data.id}/destinations`, { body })).data.id
  }
  return { id: data.id as string, wanted: await add('Wanted', true), unwanted: await add('Unwanted', false) }
}
const rowsOf = (projectId: string) =>
  db.select().from(destinations).where(sql`project_id = ${projectId}`).orderBy(asc(destinations.position))
const at = new Date('2030-01-02T03:04:05.678Z')

test('what is observed of a destination is written, and only to one of that project', async () => {
  const [mine, other] = [await newProject(), await newProject()]
  const failed = { state: 'errored', code: 'BadName', message: 'The key is unknown.', at } as const
  const change = { ...failed, destinationId: mine.wanted }
  expect(await setDestinationState(db, { ...change, projectId: other.id })).toBe(false)
  expect((await rowsOf(mine.id))[0]).toMatchObject({ state: 'idle' })
  expect(await setDestinationState(db, { ...change, projectId: mine.id })).toBe(true)
  const told = { state: 'errored', stateCode: 'BadName', stateMessage: 'The key is unknown.' }
  expect(await rowsOf(mine.id)).toMatchObject([{ ...told, stateChangedAt: at }, { state: 'stopped' }])
})

test('what is not wanted is stopped, never idle', async () => {
  const { id, wanted, unwanted } = await newProject()
  for (const destinationId of [wanted, unwanted]) {
    await setDestinationState(db, { destinationId, projectId: id, state: 'connecting', at })
    await setDestinationState(db, { destinationId, projectId: id, state: 'idle', at })
  }
  expect(await rowsOf(id)).toMatchObject([{ state: 'idle' }, { state: 'stopped' }])
})

test('counts of many are written at once, and a bitrate ends with the broadcast', async () => {
  const { id, wanted, unwanted } = await newProject()
  await setDestinationState(db, { destinationId: wanted, projectId: id, state: 'broadcasting', at })
  await setDestinationStats(db, [])
  await setDestinationStats(db, [
    { destinationId: wanted, bytesSent: 2 ** 40, bitrate: 6_000_000, droppedMessages: 3 },
    { destinationId: unwanted, bytesSent: 7, bitrate: 8, droppedMessages: 9 },
    { destinationId: randomUUID(), bytesSent: 1, bitrate: 1, droppedMessages: 1 },
  ])
  expect(await rowsOf(id)).toMatchObject([
    { bytesSent: 2 ** 40, bitrate: 6_000_000, droppedMessages: 3 },
    { bytesSent: 7, bitrate: 8, droppedMessages: 9 },
  ])
  await setDestinationState(db, { destinationId: wanted, projectId: id, state: 'reconnecting', at })
  expect((await rowsOf(id))[0]).toMatchObject({ bytesSent: 2 ** 40, bitrate: 0 })
})

test('when a stream is over all rest, and a look does not touch those that did already', async () => {
  const { id, wanted, unwanted } = await newProject()
  const [, before] = await rowsOf(id)
  const failed = { state: 'errored', code: 'GONE', message: 'Gone.', at } as const
  await setDestinationState(db, { ...failed, destinationId: wanted, projectId: id })
  await db.transaction((tx) => restDestinations(tx, id))
  expect(await rowsOf(id)).toMatchObject([
    { id: wanted, state: 'idle', stateCode: null, stateMessage: null },
    { id: unwanted, state: 'stopped', stateChangedAt: before?.stateChangedAt },
  ])
})

test('numbers of events are given once, whoever asks at the same time', async () => {
  const { id } = await newProject()
  const taken = await Promise.all(
    Array.from({ length: 10 }, () => db.transaction((tx) => advanceEventSeq(tx, id, 3))),
  )
  expect(taken.toSorted((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => n * 3 + 1))
  expect(await db.transaction((tx) => advanceEventSeq(tx, randomUUID(), 1))).toBeUndefined()
})

test('a stream of a project shows in it, and leaves the time of its last change alone', async () => {
  const { id } = await newProject()
  const show = async () => (await call(backlot, ada, 'GET', `/v1/projects/${id}`)).data
  const { updatedAt } = await show()
  const streamId = randomUUID()
  expect(await db.transaction((tx) => setLiveStream(tx, id, streamId))).toBe(true)
  expect(await show()).toMatchObject({ status: 'live', liveStreamId: streamId, updatedAt })
  expect(await db.transaction((tx) => setLiveStream(tx, id, null))).toBe(true)
  expect(await show()).toMatchObject({ status: 'idle', liveStreamId: null, updatedAt })
  expect(await db.transaction((tx) => setLiveStream(tx, randomUUID(), null))).toBe(false)
})

test('a project is there until it is deleted', async () => {
  const { id } = await newProject()
  expect(await db.transaction((tx) => lockLiveProject(tx, id))).toEqual(await findLiveProject(db, id))
  expect(await findLiveProject(db, id)).toMatchObject({ id, ownerId: ada.id, name: 'Show' })
  await call(backlot, ada, 'DELETE', `/v1/projects/${id}`)
  expect(await findLiveProject(db, id)).toBeUndefined()
})

test('a key that was moved to another row does not open', async () => {
  const { id, wanted, unwanted } = await newProject()
  const keys = deriveLiveKeys(backlot.config.secretKey)
  expect(await readRelayTargets(db, keys, id)).toMatchObject([
    { streamKey: 'abcd-efgh-1234' },
    { streamKey: 'abcd-efgh-1234' },
  ])
  await db.execute(sql`
    update ${destinations} set sealed_stream_key = (select sealed_stream_key from ${destinations} where id = ${wanted})
    where id = ${unwanted}`)
  await expect(readRelayTargets(db, keys, id)).rejects.toThrow()
})
