import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { locateBinaries } from '../../src/platform/database/embedded/binaries.ts'
import { ensureCluster } from '../../src/platform/database/embedded/cluster.ts'
import { openHome } from '../../src/platform/database/embedded/home.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { adjustPrimary, copyAsReplica, writeSettings } from './database-cluster.ts'
import { DatabaseServer } from './database-server.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

type Options = {
  /** How many replicas there are; each has a replication slot of its own. */
  replicas?: 1 | 2
  /** Whether a commit waits until one of the replicas has written it down. */
  synchronous?: boolean
  /** Settings of the replicas, such as `max_standby_streaming_delay`. */
  replicaSettings?: Record<string, string>
}

const log = (line: string) => process.stderr.write(`replicated database: ${line}\n`)
const startTimeoutMs = 30_000
const catchUpTimeoutMs = 10_000
const pollMs = 10

/**
 * A migrated database on a primary that waits for the disk, and its replicas, which follow it by streaming
 * replication over TCP: servers of their own, in one temporary directory.
 */
export const startReplicatedDatabase = async ({
  replicas: replicaCount = 1,
  synchronous = false,
  replicaSettings = {},
}: Options = {}) => {
  const directory = makeTemporaryDirectory()
  const servers: DatabaseServer[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => server.kill()))
    if (fs.existsSync(directory)) removeTemporaryDirectory(directory)
  }
  try {
    const signal = AbortSignal.timeout(startTimeoutMs)
    const home = openHome(path.join(directory, 'primary'), log)
    const binaries = await locateBinaries(home.account, log)
    const password = randomBytes(16).toString('hex')
    await ensureCluster({ home, binaries, password, mayCreateDatabases: true, signal })
    writeSettings(home)
    const names = Array.from({ length: replicaCount }, (_, index) => `replica_${index + 1}`)
    adjustPrimary({ home, binaries, password, slots: names })
    const primary = new DatabaseServer({ home, binaries, password })
    servers.push(primary)
    await primary.choosePort()
    const replicas = names.map((name) => {
      const own = openHome(path.join(directory, name), log)
      copyAsReplica({ from: home, to: own, primaryUrl: primary.adminUrl, name, settings: replicaSettings })
      return new DatabaseServer({ home: own, binaries, password })
    })
    servers.push(...replicas)
    await Promise.all([
      primary.start().then(() => migrate(primary.url, false)),
      ...replicas.map((replica) => replica.start()),
    ])
    await caughtUp(primary, replicas)
    if (synchronous) await waitForReplicas(primary, names)
    return { primary, replicas, caughtUp: () => caughtUp(primary, replicas), close }
  } catch (error) {
    await close()
    throw error
  }
}

export type ReplicatedDatabase = Awaited<ReturnType<typeof startReplicatedDatabase>>

/** Waits until all replicas that run have replayed what the primary has written by now. */
const caughtUp = async (primary: DatabaseServer, replicas: DatabaseServer[]) => {
  // Its commit takes along to the disk what others have written and did not wait for.
  await primary.one(`select pg_logical_emit_message(true, 'caught up', '')`)
  const target = await primary.one<string>('select pg_current_wal_flush_lsn()')
  const deadline = performance.now() + catchUpTimeoutMs
  for (const replica of replicas.filter(({ isRunning }) => isRunning)) {
    while (!(await replica.one<boolean>('select pg_last_wal_replay_lsn() >= $1::pg_lsn', [target]))) {
      if (performance.now() > deadline) throw new Error(`A replica did not replay ${target} in time`)
      await delay(pollMs)
    }
  }
}

const waitForReplicas = async (primary: DatabaseServer, names: string[]) => {
  await primary.one(`alter system set synchronous_standby_names = 'any 1 (${names.join(', ')})'`)
  await primary.one('select pg_reload_conf()')
  const deadline = performance.now() + catchUpTimeoutMs
  const synchronous = `select count(*)::int from pg_stat_replication where sync_state = 'quorum'`
  while ((await primary.one<number>(synchronous)) < names.length) {
    if (performance.now() > deadline) throw new Error('No replica became synchronous in time')
    await delay(pollMs)
  }
}
