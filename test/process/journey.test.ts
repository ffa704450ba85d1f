import { createHash } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Backlot, createBacklot, type JobEvent, type StreamEvent } from '../../client/src/backlot.ts'
import { type Deployed, DeploymentServers, deployments } from '../harness/deployments.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
const photo = path.join(import.meta.dirname, '../fixtures/flowers.jpg')
const endsWithin = { timeout: 20_000, interval: 50 }

const servers = new DeploymentServers()
afterAll(() => servers.close())

/** One user, who knows an address and nothing else. `asked` are all origins that he is sent to. */
const startClient = async (origin: string) => {
  const asked = new Set<string>()
  const ada = createBacklot({
    url: origin,
    fetch: (url, init) => {
      asked.add(new URL(String(url)).origin)
      return fetch(url, init)
    },
  })
  await ada.signUp({ email: 'ada@example.com', password: 'correct horse 42' })
  return { ada, asked }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const download = async (link: string | null | undefined, base?: string) => {
  const answer = await fetch(new URL(link ?? '', base))
  expect(answer.status, String(link)).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}
const everyEvent = async (ada: Backlot, jobId: string, after?: string) => {
  const options = after === undefined ? {} : { headers: { 'last-event-id': after } }
  const told: StreamEvent<JobEvent>[] = []
  for await (const event of ada.jobs.events(jobId, options)) told.push(event)
  return told
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
      const { ada, asked } = await startClient(url)

      const content = new Uint8Array(await fs.readFile(photo))
      const about = { kind: 'image', name: 'flowers.jpg', contentType: 'image/jpeg' } as const
      const { file, jobId } = await ada.upload(new Blob([content]), about)
      expect([...asked].some((origin) => origin !== url)).toBe(deployment.files === 'S3')
      await ada.waitForJob(jobId)
      const kept = await ada.files.get(file.id)
      expect(sha256(await download(kept.url))).toBe(kept.sha256)

      const wish = { prompt: 'a meadow', style: 'noir', fileId: file.id } as const
      const accepted = await ada.generations.create(wish)
      const told = await everyEvent(ada, accepted.jobId)
      expect(told.map(({ id }) => id)).toEqual(told.map((_, index) => String(index + 1)))
      expect(told.flatMap(({ data }) => data.status ?? [])).toEqual(['pending', 'in-progress', 'completed'])
      expect(await everyEvent(ada, accepted.jobId, '2')).toEqual(told.slice(2))
      expect(await everyEvent(ada, accepted.jobId, String(told.length))).toEqual([])
      const generation = await ada.generations.get(accepted.generationId)
      expect(generation).toMatchObject({ status: 'completed', inputFileId: file.id })
      const { channels } = await sharp(await download(generation.result?.url)).stats()
      const [red = 0, green = 255, blue = 0] = channels.map(({ mean }) => mean)
      expect(Math.abs(red - green) + Math.abs(green - blue), 'it is grey').toBeLessThan(6)

      const patiently = { waitSeconds: 30 }
      const fields = [
        { name: 'id', type: 'sequence' },
        { name: 'email', type: 'email' },
      ]
      const made = await ada.datasets.create({ seed: '5', count: 2_000, fields }, patiently)
      expect(made.status).toBe('completed')
      const written = await ada.exports.create({ datasetId: made.datasetId, format: 'csv' }, patiently)
      expect(written.status).toBe('completed')
      const { result } = await ada.exports.get(written.exportId)
      const csv = await download(result?.resultUri, url)
      expect(sha256(csv)).toBe(result?.sha256)
      const lines = csv.toString().trimEnd().split(/\r?\n/)
      expect([lines.length, lines[0], lines.at(-1)]).toEqual([
        2_001,
        'id,email',
        expect.stringMatching(/^2000,/),
      ])

      for (const [things, id] of [
        [ada.files, file.id],
        [ada.generations, accepted.generationId],
        [ada.datasets, made.datasetId],
      ] as const) {
        await things.delete(id)
        await expect(things.get(id)).rejects.toMatchObject({ status: 404 })
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
