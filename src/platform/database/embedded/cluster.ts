import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { StartFault } from '../../process/start-fault.ts'
import { makePrivateDir, writePrivateFile } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { Home } from './home.ts'
import { clearStalePid, findRunningPostmaster } from './postmaster-file.ts'
import { backupRules, hostRules, operatorSettings } from './settings.ts'

export type ClusterOptions = {
  home: Home
  binaries: Binaries
  password: string
  /** Lets the application's role make databases of its own, as tests do. */
  mayCreateDatabases: boolean
  signal: AbortSignal
}

/** Where the server looks for nothing of ours: the environment holds secrets. */
export const serverEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

const initTimeoutMs = 120_000
const longestOutput = 16_384

/** Makes the cluster if there is none. A cluster appears whole or not at all, whenever we are killed. */
export const ensureCluster = async (options: ClusterOptions) => {
  const { home, binaries } = options
  const versionFile = path.join(home.cluster, 'PG_VERSION')
  if (!fs.existsSync(versionFile)) return makeCluster(options)
  const version = fs.readFileSync(versionFile, 'utf8').trim()
  if (version !== String(binaries.major)) {
    throw new StartFault(
      `${home.cluster} was made by PostgreSQL ${version}, and this version of Backlot brings PostgreSQL ` +
        `${binaries.major}, which cannot read it. Start the version of Backlot that made it and move the data.`,
    )
  }
  await letBackupsIn(options)
}

/**
 * A cluster of an earlier version has no role for backups. The rule is written last, so a killed start is done again. A server
 * that runs already gets it at its next start.
 */
const letBackupsIn = async (options: ClusterOptions) => {
  const { home, binaries } = options
  const rules = path.join(home.cluster, 'pg_hba.conf')
  const given = fs.readFileSync(rules, 'utf8')
  if (given.includes(backupRole) || findRunningPostmaster(home.cluster) !== undefined) return
  clearStalePid(home.cluster)
  const statement =
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${backupRole}') ` +
    `THEN ${createBackupRole(options)} END IF; END $$;\n`
  await run(binaries.postgres, ['--single', '-D', home.cluster, 'postgres'], options, statement)
  writePrivateFile(rules, `${given.trimEnd()}\n${backupRules}`, home.account)
}

const makeCluster = async (options: ClusterOptions) => {
  const { home, binaries } = options
  const draft = `${home.cluster}.new`
  fs.rmSync(draft, { recursive: true, force: true })
  makePrivateDir(draft, home.account)
  await initialize(draft, options)
  const superuser = ['--single', '-D', draft, 'postgres']
  await run(binaries.postgres, superuser, options, roleAndDatabase(options))
  writePrivateFile(path.join(draft, 'pg_hba.conf'), hostRules, home.account)
  writePrivateFile(path.join(draft, 'postgresql.conf'), operatorSettings, home.account)
  fs.renameSync(draft, home.cluster)
}

/** C.UTF-8 sorts and folds alike on every machine. Some C libraries lack it: there, pg_trgm sees only ASCII letters. */
const initialize = async (draft: string, options: ClusterOptions) => {
  const flags = ['-D', draft, '-U', 'postgres', '--encoding=UTF8', '--auth=trust', '--no-instructions']
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  try {
    await run(options.binaries.initdb, [...flags, ...locale, '--locale=C.UTF-8', '--lc-messages=C'], options)
  } catch (error) {
    if (!(error instanceof StartFault && error.message.includes('invalid locale name'))) throw error
    await run(options.binaries.initdb, [...flags, ...locale, '--locale=C'], options)
  }
}

/**
 * The application gets a role that owns its database and is no superuser, since a superuser may run programs on this
 * machine. The superuser has no password, so nobody can connect as it. Single-user mode ends a statement at the end of
 * its line.
 */
const roleAndDatabase = ({ password, mayCreateDatabases }: ClusterOptions) =>
  [
    `CREATE ROLE backlot LOGIN ${mayCreateDatabases ? 'CREATEDB' : 'NOCREATEDB'} PASSWORD '${password}';`,
    'CREATE DATABASE backlot OWNER backlot;',
    'GRANT pg_monitor TO backlot;',
    createBackupRole({ password }),
    '',
  ].join('\n')

/** It may copy the whole server, and change nothing. */
export const backupRole = 'backlot_backup'
const createBackupRole = ({ password }: Pick<ClusterOptions, 'password'>) =>
  `CREATE ROLE ${backupRole} LOGIN REPLICATION PASSWORD '${password}';`

/** Runs one of PostgreSQL's programs to its end as the server's account. `input` may hold a secret, arguments may not. */
const run = async (program: string, args: string[], { home, signal }: ClusterOptions, input = '') => {
  const child = spawn(program, args, {
    ...home.account,
    cwd: home.directory,
    env: serverEnvironment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    signal: AbortSignal.any([signal, AbortSignal.timeout(initTimeoutMs)]),
  })
  let output = ''
  const gather = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-longestOutput)
  }
  child.stdout.on('data', gather)
  child.stderr.on('data', gather)
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  if (code !== 0 || /^.*(FATAL|ERROR): /m.test(output)) throw new StartFault(explainFailure(program, output))
}

/** One line out of what a program of PostgreSQL printed. */
export const explainFailure = (program: string, output: string): string => {
  if (/No space left on device|could not extend file/.test(output)) {
    return 'The disk is full: PostgreSQL cannot write. Free some space and start again.'
  }
  const lines = output.split('\n').map((line) => line.trim())
  const line =
    lines.findLast((text) => /(PANIC|FATAL|ERROR|error):/.test(text)) ?? lines.findLast((text) => text !== '')
  return `PostgreSQL (${path.basename(program)}) failed: ${line ?? 'it printed nothing'}`
}
