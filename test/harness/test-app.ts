import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { createApi } from '../../src/app/api.ts'
import type { RoleConfig } from '../../src/app/join-database.ts'
import { startLive } from '../../src/app/live.ts'
import { openPlatform } from '../../src/app/open-platform.ts'
import { startWorker } from '../../src/app/worker.ts'
import { loadConfig } from '../../src/platform/config/config.ts'
import { createTestDatabase } from './test-database.ts'

type Options = {
  /** Variables of the environment, as an operator sets them. */
  env?: Record<string, string>
  /** Runs jobs too. */
  worker?: boolean
  /** Takes and relays feeds too. */
  live?: boolean
  /** Gives the address at which Backlot finds its database, such as that of a proxy. */
  through?: (databaseUrl: string) => Promise<string>
  /** A migrated database that is there already, instead of a new one. */
  database?: { url: string }
}

/** Backlot as an operator runs it, in this process: its own database and data directory, listening on a free port. */
export const startTestApp = async ({
  env = {},
  worker = false,
  live = false,
  through = async (databaseUrl) => databaseUrl,
  database: given,
}: Options = {}) => {
  const database =
    given === undefined ? await createTestDatabase() : { url: given.url, drop: async () => undefined }
  const url = await through(database.url)
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'backlot-test-app-'))
  const { config } = loadConfig(
    {
      NODE_ENV: 'test',
      PORT: '0',
      RTMP_PORT: '0',
      LOG_LEVEL: 'silent',
      BACKLOT_DATA_DIR: dataDir,
      DATABASE_URL: url,
      DB_POOL_MAX: '8',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
      RATE_LIMIT_IDENTITY_PER_MINUTE: '1000000',
      ...env,
    },
    dataDir,
  )
  const roleConfig: RoleConfig = { ...config, database: { ...config.database, url } }
  const log = pino({ level: config.logLevel })
  const platform = await openPlatform({ config: roleConfig, log, role: 'test', usesReplicas: true })
  const leaving = new AbortController()
  const draining = new AbortController()
  const signals = { leaving: leaving.signal, draining: draining.signal }
  const app = await createApi({ config: roleConfig, log, platform, ...signals })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const workerRole = worker ? await startWorker({ config: roleConfig, log }) : undefined
  const liveRole = live ? await startLive({ config: roleConfig, log }) : undefined
  return {
    app,
    /** Where encoders publish. */
    ingest: `rtmp://127.0.0.1:${liveRole?.rtmpPort}/live`,
    url: app.listeningOrigin,
    dataDir,
    databaseUrl: database.url,
    config: roleConfig,
    platform,
    /** As a process does for SHUTDOWN_DELAY_SECONDS. */
    leave: () => leaving.abort(),
    close: async () => {
      draining.abort()
      await app.close()
      await liveRole?.stop()
      await workerRole?.stop()
      await platform.close()
      await database.drop()
      await fs.rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type TestApp = Awaited<ReturnType<typeof startTestApp>>
