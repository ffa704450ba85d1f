import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OtlpCollector, startOtlpCollector } from '../fakes/otlp-collector.ts'
import { newTrace } from '../harness/client-traces.ts'
import { namingTelemetry } from '../harness/loaded-telemetry.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')

let dataDir: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let collector: OtlpCollector
let traced: SpawnedProcess
let plain: SpawnedProcess
let address: string

beforeAll(async () => {
  dataDir = makeTemporaryDirectory()
  database = await createTestDatabase()
  collector = await startOtlpCollector()
  const start = (endpoint: string) =>
    spawnNode([...namingTelemetry, main, 'api'], {
      BACKLOT_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      SECRET_KEY: 'k'.repeat(40),
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    })
  traced = start(collector.url)
  plain = start('')
  await traced.until(/"address":"http:/)
  ;[, address = ''] = await plain.until(/"address":"(http:[^"]+)"/)
})
afterAll(async () => {
  for (const { child } of [traced, plain]) child.kill('SIGTERM')
  await Promise.all([traced.exit, plain.exit])
  await collector.close()
  await database.drop()
  removeTemporaryDirectory(dataDir)
})

test('without a collector nothing of the SDK is loaded, and jobs name no trace', async () => {
  const headers = { 'content-type': 'application/json', ...newTrace(collector).header }
  const body = JSON.stringify({ email: 'ada@example.com', password: 'seven green bottles' })
  expect((await fetch(`${address}/v1/auth/signup`, { method: 'POST', headers, body })).status).toBe(201)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  expect((await client.query('select traceparent from jobs')).rows).toEqual([{ traceparent: null }])
  await client.end()
  plain.child.kill('SIGTERM')
  expect(await plain.exit).toMatchObject({ code: 0 })
  expect(traced.output()).toContain('loaded @opentelemetry')
  expect(plain.output()).not.toContain('loaded @opentelemetry')
})
