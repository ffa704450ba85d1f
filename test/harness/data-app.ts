import { sql } from 'drizzle-orm'
import { tableSchemaOf } from '../../src/modules/datasets/table-storage.ts'
import { call, type Person, signUp } from './client.ts'
import { startTestApp } from './test-app.ts'

type Row = Record<string, unknown>
export type Made = { datasetId: string; jobId: string; seed: string; status: string }

/** Backlot with one user, as an app makes datasets with it. */
export const startDataApp = async (options: Parameters<typeof startTestApp>[0] = { worker: true }) => {
  const backlot = await startTestApp(options)
  const ada = await signUp(backlot)
  const { db } = backlot.platform

  const post = (path: string, body: object, headers: Record<string, string> = {}, who: Person = ada) =>
    call(backlot, who, 'POST', `/v1/${path}`, { body, headers })
  const get = (path: string, who: Person = ada) => call(backlot, who, 'GET', `/v1/${path}`)

  /** A dataset that is complete. */
  const make = async (body: object): Promise<Made> => {
    const { data, text } = await post('generate', body, { prefer: 'wait=60' })
    if (data?.status !== 'completed') throw new Error(`Not made: ${text}`)
    return data
  }
  const show = async (id: string) => (await get(`datasets/${id}`)).data
  const rowsOf = (id: string, query: Record<string, string> = {}) =>
    get(`datasets/${id}/rows?${new URLSearchParams(query)}`)

  /** All rows, page by page. */
  const allRows = async (id: string, query: Record<string, string>): Promise<Row[]> => {
    const rows: Row[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { status, json, text } = await rowsOf(id, { ...query, ...(cursor === '' ? {} : { cursor }) })
      if (status !== 200) throw new Error(`No page: ${text}`)
      rows.push(...json.data)
      cursor = json.page.nextCursor
    }
    return rows
  }

  /** The sha256 of the file that an export of one table makes. */
  const exportedHash = async (datasetId: string, table: string, format = 'ndjson'): Promise<string> => {
    const request = { datasetId, format, tables: [table] }
    const { data, text } = await post('export', request, { prefer: 'wait=60' })
    if (data?.status !== 'completed') throw new Error(`Not exported: ${text}`)
    return (await get(`exports/${data.exportId}`)).data.result.sha256
  }

  const query = async <R extends Row = Row>(text: string) => (await db.execute<R>(sql.raw(text))).rows

  /** How a table of a dataset is called in SQL. */
  const nameOf = (datasetId: string, table: string) => `${tableSchemaOf(datasetId)}."${table}"`

  /** Rows whose reference has nothing to refer to, in all tables of a dataset. */
  const countOrphans = async (datasetId: string): Promise<number> => {
    let orphans = 0
    for (const { name, foreignKeys } of (await show(datasetId)).tables) {
      for (const { column, references } of foreignKeys) {
        const [found] = await query<{ n: number }>(`
          select count(*)::int as n from ${nameOf(datasetId, name)} as child
          where child."${column}" is not null and not exists (
            select from ${nameOf(datasetId, references.table)} as parent
            where parent."${references.column}" = child."${column}")`)
        orphans += found?.n ?? 0
      }
    }
    return orphans
  }

  return {
    backlot,
    ada,
    db,
    post,
    get,
    make,
    show,
    rowsOf,
    allRows,
    exportedHash,
    query,
    nameOf,
    countOrphans,
  }
}

export type DataApp = Awaited<ReturnType<typeof startDataApp>>
