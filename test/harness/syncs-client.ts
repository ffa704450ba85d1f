import type { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { startDueSyncs } from '../../src/modules/syncs/start-runs.ts'
import type { SourceServer } from '../fakes/source-server.ts'
import { call } from './client.ts'
import type { SignedIn } from './people.ts'
import type { TestApp } from './test-app.ts'

export const later = { everyMinutes: 60 }

/** What Ada does with syncs of a source. `party` gives those who are there by then. */
export const syncsClient = (party: () => { backlot: TestApp; source: SourceServer; ada: SignedIn }) => {
  let created = 0
  /** How the newest sync has asked, whatever others do meanwhile. */
  const asked = () => party().source.asked.filter(({ path }) => path === `/${created}`)
  const create = (body: object = {}, who = party().ada, headers: Record<string, string> = {}) => {
    const sync = { name: 'Prices', format: 'json', keyColumns: ['id'], timing: later }
    created += 1
    return call(party().backlot, who, 'POST', '/v1/syncs', {
      body: { url: `${party().source.url}/${created}`, ...sync, ...body },
      headers,
    })
  }
  const get = async (path: string) => (await call(party().backlot, party().ada, 'GET', `/v1/${path}`)).data
  const show = (id: string) => get(`syncs/${id}`)
  const runsOf = (id: string) => get(`syncs/${id}/runs`)
  const execute = (statement: ReturnType<typeof sql>) => party().backlot.platform.db.execute(statement)

  /** The newest run, when it has ended. */
  const ended = async (id: string) => {
    const newest = async () => (await runsOf(id))[0]
    await expect
      .poll(async () => (await newest())?.status, { timeout: 20_000, interval: 20 })
      .toMatch(/completed|failed|cancelled/)
    return newest()
  }
  const run = async (id: string) => {
    const { status, text } = await call(party().backlot, party().ada, 'POST', `/v1/syncs/${id}/run`)
    if (status !== 202) throw new Error(`Not run: ${text}`)
    return ended(id)
  }
  /** The run of a new sync's first turn. That comes by itself within seconds: who asks for another run may be refused. */
  const firstRun = async (id: string) => {
    await startDueSyncs({ db: party().backlot.platform.db }, 100)
    return ended(id)
  }
  /** A sync whose first run, at its first turn, has ended. */
  const begin = async (content: string, body: object = {}, type?: string) => {
    party().source.has(content, type)
    const { data, text, status } = await create({ ...body, timing: later })
    if (status !== 201) throw new Error(`Not added: ${text}`)
    return { id: data.id as string, first: await firstRun(data.id) }
  }
  const rowsOf = async (id: string) => {
    const { datasetId } = await show(id)
    return get(`datasets/${datasetId}/rows?sort=id`)
  }

  return { asked, create, show, runsOf, execute, ended, run, firstRun, begin, rowsOf }
}
