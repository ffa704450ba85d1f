import { expect } from 'vitest'
import { call, formOf, type Person } from './client.ts'
import type { DataApp } from './data-app.ts'

/** One user's way to `POST /v1/upload`, and a look at what it registers. */
export const uploadsClient = ({ backlot, ada, get, query }: DataApp, who: Person = ada) => {
  const send = async (
    name: string,
    content: Buffer | string,
    fields: Record<string, string> = {},
    type = '',
    headers: Record<string, string> = {},
  ) => {
    const form = await formOf({ ...fields, file: { name, data: Buffer.from(content), type } })
    return call(backlot, who, 'POST', '/v1/upload', {
      payload: form.payload,
      headers: { ...form.headers, ...headers },
    })
  }
  const statusOf = async (jobId: string) => (await get(`status/${jobId}`, who)).data
  const ended = async (jobId: string, timeout = 20_000) => {
    await expect
      .poll(async () => (await statusOf(jobId)).status, { timeout, interval: 20 })
      .toMatch(/completed|failed|cancelled/)
    return statusOf(jobId)
  }
  /** An upload whose job is complete. */
  const read = async (name: string, content: Buffer | string, fields: Record<string, string> = {}) => {
    const { data, text } = await send(name, content, fields)
    if (data === undefined) throw new Error(`Not taken: ${text}`)
    const { status, errorMessage } = await ended(data.jobId)
    if (status !== 'completed') throw new Error(`The upload ${status}: ${errorMessage}`)
    return data
  }
  const row = async (id: string) => (await query(`select * from uploaded_files where id = '${id}'`))[0]
  return { who, send, ended, read, row }
}
