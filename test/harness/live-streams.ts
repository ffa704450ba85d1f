import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { deriveLiveKeys } from '../../src/modules/projects/live-keys.ts'
import { type ClaimDeps, claimStream, type StreamClaim } from '../../src/modules/streams/claim-stream.ts'
import { beat } from '../../src/modules/streams/live-processes.ts'
import type { StreamRow } from '../../src/modules/streams/streams.table.ts'
import { call, type Person } from './client.ts'
import type { TestApp } from './test-app.ts'

type Db = TestApp['platform']['db']

/** What a live process holds, with the streams whose end it was told of. */
export const liveDeps = ({ platform: { db, notifications }, config }: TestApp, streamsPerUser = 5) => {
  const ended: StreamRow[] = []
  const deps: ClaimDeps = {
    ...{ db, notifications, streamsPerUser, keys: deriveLiveKeys(config.secretKey) },
    onEnded: async (_tx, stream) => {
      ended.push(stream)
      return undefined
    },
  }
  return { ...deps, ended }
}

/** A project of the person, through the door. */
export const makeProject = async (
  backlot: Pick<TestApp, 'app'>,
  owner: Person,
  settings: object = {},
): Promise<{ projectId: string; streamKey: string }> => {
  const body = { name: 'A show', ...settings }
  const { status, data, text } = await call(backlot, owner, 'POST', '/v1/projects', { body })
  if (status !== 201) throw new Error(text)
  return { projectId: data.id, streamKey: data.streamKey }
}

/** A destination of the project; returns its id. */
export const addDestination = async (
  backlot: Pick<TestApp, 'app'>,
  owner: Person,
  projectId: string,
  settings: object = {},
): Promise<string> => {
  const body = { name: 'Kick', platform: 'kick', streamKey: 'sk-test', ...settings }
  const url = `/v1/projects/${projectId}/destinations`
  const { status, data, text } = await call(backlot, owner, 'POST', url, { body })
  if (status !== 201) throw new Error(text)
  return data.id
}

/** A live process that goes on beating for as long as the test may take. */
export const startProcess = async (db: Db): Promise<string> => {
  const id = randomUUID()
  await beat(db, { id, host: 'test' })
  await db.execute(sql`update live_processes set seen_at = now() + interval '1 hour' where id = ${id}`)
  return id
}

/** The process stops beating; nobody has seen it for so long. */
export const stopBeating = (db: Db, processId: string, seconds: number) =>
  db.execute(sql`
    update live_processes set seen_at = now() - ${seconds} * interval '1 second' where id = ${processId}`)

/** A publisher comes to a process. */
export const publish = (
  deps: ClaimDeps,
  streamKey: string,
  processId: string | null,
  claim: Partial<StreamClaim> = {},
) =>
  claimStream(deps, {
    ...{ streamKey, processId, address: '192.0.2.9', encoder: 'obs', takesOver: false },
    ...claim,
  })

/** Nobody has published to the stream for so long. */
export const loseFor = (db: Db, streamId: string, seconds: number) =>
  db.execute(sql`
    update streams set status = 'reconnecting', lost_at = now() - ${seconds} * interval '1 second'
    where id = ${streamId}`)
