import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Backlot, createBacklot, JobFailed, keepInMemory } from '../../client/src/backlot.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let app: TestApp
let proxy: TcpProxy
let backlot: Backlot

beforeAll(async () => {
  app = await startTestApp({ worker: true })
  proxy = await TcpProxy.start(app.url)
  backlot = createBacklot({ url: proxy.url })
  await backlot.signUp({ email: 'ada@example.com', password: 'correct horse 42' })
})
afterAll(async () => {
  await proxy.close()
  await app.close()
})

const photo = async () => {
  const bytes = await fs.readFile(path.join(import.meta.dirname, '../fixtures/flowers.jpg'))
  return new Blob([bytes], { type: 'image/jpeg' })
}
/** Of several megabytes, so that it travels in many pieces. */
const notes = { kind: 'document', name: 'notes.txt', contentType: 'text/plain' } as const
const longText = new Blob(['It is a long text. '.repeat(200_000)])
const rows = (count: number) => ({ seed: '5', count, fields: [{ name: 'id', type: 'sequence' }] })

test('the events of a job come in order, and end with it', async () => {
  const { jobId } = await backlot.generations.create({ prompt: 'a meadow', style: 'noir' })
  const seen: number[] = []
  const statuses: string[] = []
  for await (const { id, event, data } of backlot.jobs.events(jobId)) {
    expect([id, event === 'status']).toEqual([String(data.seq), data.status !== undefined])
    seen.push(data.seq)
    if (data.status !== undefined) statuses.push(data.status)
  }
  expect(seen).toEqual(seen.map((_, index) => index + 1))
  expect(statuses).toEqual(['pending', 'in-progress', 'completed'])
})

test('a stream that is cut goes on behind the last event, over an outage too', async () => {
  const project = await backlot.projects.create({ name: 'Show' })
  const { jobId } = await backlot.datasets.create(rows(400_000))
  const seen: number[] = []
  let cuts = 0
  for await (const { data } of backlot.jobs.events(jobId)) {
    seen.push(data.seq)
    if (cuts === 0) {
      await proxy.cut()
      setTimeout(() => void proxy.restore(), 300)
    } else if (cuts === 1) {
      await proxy.restore()
    }
    cuts += 1
  }
  expect(cuts).toBeGreaterThan(2)
  expect(seen).toEqual(seen.map((_, index) => index + 1))
  expect((await backlot.jobs.get(jobId)).status).toBe('completed')
  const leaving = new AbortController()
  const following = backlot.projects.events(project.id, { signal: leaving.signal }).next()
  leaving.abort(new Error('I leave.'))
  await expect(following).rejects.toThrow('I leave.')
})

test('who stops following ends the connection', async () => {
  const open: AbortSignal[] = []
  const store = keepInMemory()
  const watching = createBacklot({
    url: app.url,
    store,
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      if (!String(url).endsWith('/events') || response.body === null) return response
      const ended = new AbortController()
      open.push(ended.signal)
      const body = response.body.pipeThrough(new TransformStream({ cancel: () => ended.abort() }))
      return new Response(body, { headers: response.headers })
    },
  })
  await watching.signIn({ email: 'ada@example.com', password: 'correct horse 42' })
  const { jobId } = await watching.datasets.create(rows(200_000))
  for await (const { data } of watching.jobs.events(jobId)) if (data.seq === 1) break
  await expect.poll(() => open.map(({ aborted }) => aborted)).toEqual([true])
})

test('a job is waited for; one that was cancelled fails with what became of it', async () => {
  const { jobId, datasetId } = await backlot.datasets.create(rows(2_000))
  const told: (number | undefined)[] = []
  const job = await backlot.waitForJob(jobId, { onEvent: ({ progress }) => told.push(progress) })
  expect(job).toMatchObject({ id: jobId, status: 'completed', progress: 1 })
  expect(told.length).toBeGreaterThan(1)
  const all: Record<string, unknown>[] = []
  for await (const row of backlot.datasets.allRows(datasetId, { limit: 100 })) all.push(row)
  expect([all.length, all.at(-1)]).toEqual([2_000, { id: 2_000 }])
  const long = await backlot.datasets.create(rows(5_000_000))
  await backlot.jobs.cancel(long.jobId)
  const failed = await backlot.waitForJob(long.jobId).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(JobFailed)
  expect(failed).toMatchObject({ code: 'JOB_CANCELLED', job: { id: long.jobId, status: 'cancelled' } })
})

test('the server may hold its answer until the job has ended', async () => {
  const made = await backlot.datasets.create(rows(10), { waitSeconds: 30, timeoutMs: 5_000 })
  expect(made.status).toBe('completed')
})

test('an upload tells how far it is, and arrives whole', async () => {
  const told: number[] = []
  const { file, jobId } = await backlot.upload(longText, {
    ...notes,
    onProgress: (sent, total) => {
      expect(total).toBe(longText.size)
      told.push(sent)
    },
  })
  expect(told.length).toBeGreaterThan(10)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  expect(told.at(-1)).toBe(longText.size)
  await backlot.waitForJob(jobId)
  expect(await backlot.files.get(file.id)).toMatchObject({ status: 'ready', sizeBytes: longText.size })
  expect(await (await backlot.files.content(file.id)).text()).toBe(await longText.text())
})

test('an upload that breaks off is sent again, one that is given up ends', async () => {
  const told: number[] = []
  const { file } = await backlot.upload(longText, {
    ...notes,
    onProgress: (sent) => {
      if (told.push(sent) === 3) void proxy.restore()
    },
  })
  expect(told.indexOf(told[0] ?? 0, 3)).toBeGreaterThan(2)
  expect(file.sizeBytes).toBe(longText.size)
  const leaving = new AbortController()
  const reason = new Error('I leave.')
  const onProgress = () => leaving.abort(reason)
  const given = backlot.upload(longText, { ...notes, onProgress, signal: leaving.signal })
  await expect(given).rejects.toBe(reason)
})

test('a photo goes with its fields as a form', async () => {
  const made = await backlot.generations.create(
    { prompt: 'a meadow', style: 'noir', image: await photo() },
    { waitSeconds: 30 },
  )
  expect(await backlot.generations.get(made.generationId)).toMatchObject({
    status: 'completed',
    style: 'noir',
  })
  const taken = await backlot.datasets.upload({ file: new File(['a,b\n1,2\n'], 'table.csv') })
  await backlot.waitForJob(taken.jobId)
})
