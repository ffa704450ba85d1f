import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

/**
 * A PostgreSQL of its own for tests, in a temporary directory. Without `durable` it does not wait for the disk, which a
 * test that kills the server must not accept.
 */
export const startTestServer = async ({ durable = false } = {}) => {
  const dataDir = makeTemporaryDirectory()
  const volatile: Record<string, string> = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  }
  const log = (line: string) => process.stderr.write(`test database: ${line}\n`)
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log,
    settings: { ...(durable ? {} : volatile), max_connections: '300' },
    mayCreateDatabases: true,
  })
  return {
    url: postgres.url,
    pid: () => postgres.pid,
    stop: async () => {
      await postgres.stop({ immediate: !durable })
      removeTemporaryDirectory(dataDir)
    },
  }
}
