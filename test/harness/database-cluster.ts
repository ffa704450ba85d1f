import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { makePrivateDir, writePrivateFile } from '../../src/platform/database/embedded/account.ts'
import type { Binaries } from '../../src/platform/database/embedded/binaries.ts'
import { serverEnvironment } from '../../src/platform/database/embedded/cluster.ts'
import type { Home } from '../../src/platform/database/embedded/home.ts'
import { hostRules, serverSettings } from '../../src/platform/database/embedded/settings.ts'

const singleUserTimeoutMs = 20_000

/** Settings for quick replication and quick faults. Memory shared through files goes with the directory of a killed server. */
const replicationSettings = {
  max_connections: '100',
  max_wal_senders: '8',
  max_replication_slots: '8',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '1s',
  dynamic_shared_memory_type: 'mmap',
}

export const writeSettings = (home: Home, settings: Record<string, string> = {}) => {
  makePrivateDir(home.logs, home.account)
  const file = path.join(home.cluster, 'backlot.conf')
  writePrivateFile(file, serverSettings({ ...replicationSettings, ...settings }), home.account)
}

/** Lets the superuser in with the password, as replica too, and makes the replication slots, before the first start. */
export const adjustPrimary = ({
  home,
  binaries,
  password,
  slots,
}: {
  home: Home
  binaries: Binaries
  password: string
  slots: string[]
}) => {
  const rules = ['all', 'replication'].map((what) => `host ${what} postgres 127.0.0.1/32 scram-sha-256\n`)
  writePrivateFile(path.join(home.cluster, 'pg_hba.conf'), hostRules + rules.join(''), home.account)
  const statements = [
    `ALTER ROLE postgres PASSWORD '${password}';`,
    ...slots.map((slot) => `SELECT pg_create_physical_replication_slot('${slot}', true);`),
  ]
  const { status, stderr } = spawnSync(binaries.postgres, ['--single', '-D', home.cluster, 'postgres'], {
    ...home.account,
    cwd: home.directory,
    env: serverEnvironment,
    input: `${statements.join('\n')}\n`,
    encoding: 'utf8',
    timeout: singleUserTimeoutMs,
  })
  if (status !== 0 || /^.*(FATAL|ERROR): /m.test(stderr)) throw new Error(`PostgreSQL failed: ${stderr}`)
}

/** Copies the cluster of a primary that does not run, to a replica that will follow it. */
export const copyAsReplica = ({
  from,
  to,
  primaryUrl,
  name,
  settings,
}: {
  from: Home
  to: Home
  primaryUrl: string
  /** Its replication slot, and its name in `synchronous_standby_names`. */
  name: string
  settings: Record<string, string>
}) => {
  const { error, status } = spawnSync('cp', ['-a', from.cluster, to.cluster], {
    timeout: singleUserTimeoutMs,
  })
  if (status !== 0) throw new Error('The cluster could not be copied', { cause: error })
  for (const slot of fs.readdirSync(path.join(to.cluster, 'pg_replslot')))
    fs.rmSync(path.join(to.cluster, 'pg_replslot', slot), { recursive: true })
  writeSettings(to, {
    primary_conninfo: connectionTo(primaryUrl, name),
    primary_slot_name: name,
    // What a process has written outlives it, whoever kills it; only with the machine would it be lost.
    fsync: 'off',
    ...settings,
  })
  writePrivateFile(path.join(to.cluster, 'standby.signal'), '', to.account)
}

/** As `primary_conninfo` has it, under the name that `synchronous_standby_names` knows. */
export const connectionTo = (primaryUrl: string, name: string): string => {
  const { hostname, port, username, password } = new URL(primaryUrl)
  return `host=${hostname} port=${port} user=${username} password=${password} application_name=${name}`
}
