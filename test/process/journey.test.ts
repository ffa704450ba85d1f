import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Deployed, DeploymentServers, deployments } from '../harness/deployments.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
const photo = path.join(import.meta.dirname, '../fixtures/flowers.jpg')
const endsWithin = { timeout: 20_000, interval: 50 }

const servers = new DeploymentServers()
afterAll(() => servers.close())

type Wish = { method?: string; body?: object; headers?: Record<string, string> }

/** One user, who knows an address and nothing else. */
const startClient = async (origin: string) => {
  let token = ''
  const ask = (address: string, { method = 'GET', body, headers = {} }: Wish = {}) =>
    fetch(new URL(address, origin), {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  const dataOf = async (address: string, wish: Wish = {}) => {
    const answer = await ask(address, wish)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text).data
  }
  const post = (address: string, body: object, headers: Record<string, string> = {}) =>
    dataOf(address, { method: 'POST', body, headers })
  const credentials = { email: 'ada@example.com', password: 'correct horse 42' }
  token = (await post('/auth/signup', credentials)).accessToken
  return { ask, dataOf, post }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const download = async (link: string) => {
  const answer = await fetch(link)
  expect(answer.status, link).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}

for (const deployment of await deployments())
  describe.skipIf(!deployment.isHere)(deployment.name, () => {
    let dataDir: string
    let deployed: Deployed
    let database: Awaited<ReturnType<typeof createTestDatabase>>
    let processes: SpawnedProcess[]

    beforeEach(async () => {
      dataDir = makeTemporaryDirectory()
      deployed = await servers.deploy(deployment)
      database = await createTestDatabase()
      processes = []
    })
    afterEach(async () => {
      for (const { child, exit } of processes) {
        child.kill('SIGKILL')
        await exit
      }
      await database.drop()
      removeTemporaryDirectory(dataDir)
    })

    const start = (role: string) => {
      const env = { ...deployed.env, BACKLOT_DATA_DIR: dataDir, DATABASE_URL: database.url, PORT: '0' }
      const started = spawnNode([main, role], { ...env, SECRET_KEY: 'k'.repeat(40) })
      processes.push(started)
      return started
    }
    const objectsOnDisk = async () => {
      const entries = await fs.readdir(path.join(dataDir, 'files'), { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).length
    }
    const query = async (text: string) => {
      const client = new pg.Client({ connectionString: database.url })
      await client.connect()
      try {
        return (await client.query(text)).rows
      } finally {
        await client.end()
      }
    }

    test('from sign-up to deletion, by an api and a worker that know of each other only through these', {
      timeout: 90_000,
    }, async () => {
      const [api, worker] = [start('api'), start('worker')]
      const [, url = ''] = await api.until(/"address":"(http:[^"]+)"/)
      const ada = await startClient(url)

      const content = new Uint8Array(await fs.readFile(photo))
      const about = { kind: 'image', name: 'flowers.jpg', contentType: 'image/jpeg' }
      const upload = await ada.post('/uploads/presigned', { ...about, sizeBytes: content.length })
      expect(new URL(upload.url).origin === url).toBe(deployment.files === 'disk')
      const put = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: content })
      expect([put.status, await put.text()]).toEqual([200, expect.anything()])
      const { file } = await ada.post('/uploads/confirm', { uploadId: upload.uploadId })
      const processed = () => ada.dataOf(`/v1/files/${file.id}`)
      await expect.poll(processed, endsWithin).toMatchObject({ status: 'ready' })
      const kept = await processed()
      expect(sha256(await download(kept.url))).toBe(kept.sha256)

      const asked = await ada.post('/generations', { prompt: 'a meadow', style: 'noir', fileId: file.id })
      const events = await ada.ask(asked.eventsUrl)
      const told = await events.text()
      const ids = [...told.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
      expect(ids).toEqual(ids.map((_, index) => index + 1))
      expect(told).toMatch(/"status":"pending"[\s\S]*"status":"in-progress"[\s\S]*"status":"completed"/)
      const resumed = await ada.ask(asked.eventsUrl, { headers: { 'last-event-id': '2' } })
      expect(await resumed.text()).toMatch(/^retry: 1000\n\nid: 3\n/)
      const nothingLeft = { headers: { 'last-event-id': String(ids.length) } }
      expect((await ada.ask(asked.eventsUrl, nothingLeft)).status).toBe(204)
      const generation = await ada.dataOf(`/v1/generations/${asked.generationId}`)
      expect(generation).toMatchObject({ status: 'completed', inputFileId: file.id })
      const { channels } = await sharp(await download(generation.result.url)).stats()
      const [red = 0, green = 255, blue = 0] = channels.map(({ mean }) => mean)
      expect(Math.abs(red - green) + Math.abs(green - blue), 'it is grey').toBeLessThan(6)

      const patiently = { prefer: 'wait=30' }
      const fields = [
        { name: 'id', type: 'sequence' },
        { name: 'email', type: 'email' },
      ]
      const made = await ada.post('/generate', { seed: '5', count: 2_000, fields }, patiently)
      expect(made.status).toBe('completed')
      const wish = { datasetId: made.datasetId, format: 'csv' }
      const written = await ada.post('/export', wish, patiently)
      expect(written.status).toBe('completed')
      const { result } = await ada.dataOf(`/v1/exports/${written.exportId}`)
      const csv = await download(new URL(result.resultUri, url).href)
      expect(sha256(csv)).toBe(result.sha256)
      const lines = csv.toString().trimEnd().split(/\r?\n/)
      expect([lines.length, lines[0], lines.at(-1)]).toEqual([
        2_001,
        'id,email',
        expect.stringMatching(/^2000,/),
      ])

      for (const gone of [
        `/v1/files/${file.id}`,
        `/v1/generations/${asked.generationId}`,
        `/v1/datasets/${made.datasetId}`,
      ]) {
        await ada.dataOf(gone, { method: 'DELETE' })
        expect((await ada.ask(gone)).status, gone).toBe(404)
      }

      await expect
        .poll(() => query(`select status, count(*)::int as n from jobs group by 1`), endsWithin)
        .toEqual([{ status: 'completed', n: 5 }])
      await expect
        .poll(
          () => query(`select split_part(incarnation, ' ', 1) = 'redis' as redis from queue_incarnation`),
          endsWithin,
        )
        .toEqual([{ redis: deployment.engine === 'Redis' }])
      const keys = await deployed.redis?.with((client) => client.keys('backlot:*:jobs:emails:meta'))
      if (deployed.redis) expect(keys).toContainEqual(expect.stringMatching(/^backlot:[0-9a-f]{16}:/))
      const inBucket = (await deployed.bucket?.keys())?.length ?? 0
      expect([inBucket > 3, (await objectsOnDisk()) > 3]).toEqual(
        deployment.files === 'S3' ? [true, false] : [false, true],
      )

      for (const { child, exit } of [api, worker]) {
        child.kill('SIGTERM')
        expect(await exit).toEqual({ code: 0, signal: null })
      }
    })
  })
