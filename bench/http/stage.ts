import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { migrate } from '../../src/platform/database/migrate.ts'
import { startTestServer } from '../../test/harness/embedded-database.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../../test/harness/temporary-directory.ts'
import { startProcess, stopProcess } from '../measured-process.ts'
import { addPosts } from './posts.ts'
import { addUsers, makeGeneration } from './users.ts'

const users = 1_000

export type Stage = Awaited<ReturnType<typeof openStage>>
/** A database that is migrated, and the processes whose CPU it takes. */
export type BenchDatabase = { url: string; pids: () => number[] }

export const openDatabase = async (opened: AsyncDisposableStack): Promise<BenchDatabase> => {
  const postgres = opened.adopt(await startTestServer({ durable: true }), (server) => server.stop())
  await migrate(postgres.url, false)
  return { url: postgres.url, pids: () => [postgres.pid()] }
}

/**
 * One `api` process on a database that is filled, its log in a file; the bare server; and the process that the load comes
 * from. `opened` closes them.
 * @param nodeArgs what Node is started with for an `api` process
 */
export const openStage = async (
  opened: AsyncDisposableStack,
  database: BenchDatabase,
  nodeArgs: string[],
) => {
  const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
  const start = async (...what: Parameters<typeof startProcess>) =>
    opened.adopt(await startProcess(...what), stopProcess)
  const env = {
    DATABASE_URL: database.url,
    BACKLOT_DATA_DIR: dataDir,
    SECRET_KEY: randomBytes(32).toString('base64url'),
    PORT: '0',
    LOG_LEVEL: 'info',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
    RATE_LIMIT_IDENTITY_PER_MINUTE: '10000000',
  }
  const logFile = path.join(dataDir, 'api.log')
  const startApi = (more: NodeJS.ProcessEnv = {}) =>
    start('src/main.ts', ['api'], { env: { ...env, ...more }, logFile, nodeArgs })

  const api = await startApi()
  const worker = await startProcess('src/main.ts', ['worker'], { env })
  const generation = await makeGeneration(api.port)
  // It would do what is ordered here, on the same cores.
  await stopProcess(worker)
  const people = await addUsers(database.url, env.SECRET_KEY, generation.id, users)
  const posts = await addPosts(database.url)
  const bare = await start('bench/http/bare-server.ts', [database.url])
  const generator = await start('bench/http/load-process.ts', [])
  return { opened, database, people, posts, api, bare, generator, startApi }
}
