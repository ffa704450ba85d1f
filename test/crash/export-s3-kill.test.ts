import { createHash } from 'node:crypto'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openS3Storage } from '../../src/platform/storage/s3/s3-storage.ts'
import { type DataApp, startDataApp } from '../harness/data-app.ts'
import { exportsClient } from '../harness/exports-client.ts'
import { makeBucket, type S3Server, type TestBucket } from '../harness/s3-account.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { provideSwift, startSwift } from '../harness/swift-s3-server.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')

describe.skipIf(!(await provideSwift()))('an export into S3', () => {
  let server: S3Server
  let bucket: TestBucket
  let data: DataApp
  let worker: SpawnedProcess | undefined

  beforeAll(async () => {
    server = await startSwift()
    bucket = await makeBucket(server)
    data = await startDataApp({ worker: false, env: bucket.env })
  })
  afterEach(() => kill())
  afterAll(async () => {
    await data.backlot.close()
    bucket.close()
    await server.stop()
  })

  const startWorker = () => {
    const { dataDir, databaseUrl } = data.backlot
    const env = { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...bucket.env }
    worker = spawnNode([main, 'worker'], env)
  }
  const kill = async () => {
    worker?.child.kill('SIGKILL')
    await worker?.exit
    worker = undefined
  }

  test('is done again when its worker is killed, and the parts of the killed one are swept', {
    timeout: 120_000,
  }, async () => {
    startWorker()
    const fields = [
      { name: 'id', type: 'sequence' },
      { name: 'text', type: 'sentence' },
    ]
    const { datasetId } = await data.make({ seed: '5', store: false, count: 300_000, fields })
    const exports = exportsClient(data.backlot, data.ada)
    const { data: asked } = await exports.ask({ datasetId, format: 'csv' })
    await expect.poll(() => bucket.uploadsInParts(), { timeout: 20_000, interval: 5 }).toHaveLength(1)
    await kill()
    expect(await bucket.keys()).toEqual([])
    expect(await bucket.uploadsInParts()).toEqual([expect.stringContaining(`${asked.jobId}-1-result`)])

    startWorker()
    // A lease of 10 s, and the work.
    const job = async () => (await data.get(`jobs/${asked.jobId}`)).data
    await expect
      .poll(job, { timeout: 60_000, interval: 50 })
      .toMatchObject({ status: 'completed', attempts: 2 })
    const { result } = await exports.show(asked.exportId)
    const file = Buffer.from(await (await fetch(result.resultUri)).arrayBuffer())
    expect(createHash('sha256').update(file).digest('hex')).toBe(result.sha256)
    expect(file.toString('latin1').split('\n')).toHaveLength(300_002)
    expect(await bucket.keys()).toEqual([expect.stringContaining(`${asked.jobId}-2-result`)])

    const storage = await openS3Storage({
      ...{ ...bucket.options, directory: path.join(data.backlot.dataDir, 'downloads') },
      ...{ signingKey: Buffer.alloc(32), log: pino({ level: 'silent' }), leftoversAfterMs: -5_000 },
    })
    expect(await storage.removeLeftovers()).toBe(1)
    storage.close()
    expect(await bucket.uploadsInParts()).toEqual([])
  })
})
