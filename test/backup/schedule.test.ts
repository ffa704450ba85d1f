import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBackupFolder } from '../../src/app/backup/backup-folder.ts'
import { BackupSchedule } from '../../src/app/backup/backup-schedule.ts'
import { checkBackups } from '../../src/app/doctor/backup-checks.ts'
import { findBackupState, removeBackupState } from '../../src/platform/backup/backup-state.ts'
import { loadConfig } from '../../src/platform/config/config.ts'
import { fakeBackup } from '../harness/fake-backup.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const main = path.join(import.meta.dirname, 'fake-backup-command.ts')
const hourMs = 3_600_000

let directory: string
let folder: string
let schedule: BackupSchedule | undefined
let said: string[]

beforeEach(() => {
  directory = makeTemporaryDirectory()
  folder = path.join(directory, 'backups')
  said = []
  behave('works')
})
afterEach(async () => {
  await schedule?.close()
  removeTemporaryDirectory(directory)
})

const behave = (how: string) => fs.writeFileSync(path.join(directory, 'behaviour'), how)
const configOf = (env: Record<string, string>) =>
  loadConfig({ BACKLOT_DATA_DIR: directory, BACKUP_DIR: folder, ...env }, directory).config
const open = async (timing: object = {}, env: Record<string, string> = { BACKUP_EVERY_HOURS: '24' }) => {
  const log = (line: string) => void said.push(line)
  const quick = { afterStartMs: 1, firstRetryMs: 50, lookEveryMs: 50, ...timing }
  schedule = await BackupSchedule.open({ config: configOf(env), main, log, timing: quick })
}
const runs = () => {
  const file = path.join(directory, 'runs')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : []
}
const state = () => findBackupState(directory)
const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString()

test('the first backup is made soon after the start, and the next not before its time', async () => {
  await open()
  await expect.poll(() => said).toEqual([expect.stringMatching(/^backed up to .* in \d+ s$/)])
  await expect.poll(async () => (await state())?.newestAt).not.toBeNull()
  const first = await state()
  expect(first).toMatchObject({ everyMs: 24 * hourMs, lastFailure: null, newestAt: expect.any(String) })
  await schedule?.close()
  expect(runs()).toEqual(['backup 7'])

  await fakeBackup(folder, hoursAgo(-1))
  await open({ afterStartMs: hourMs })
  await expect.poll(async () => (await state())?.newestAt).not.toBe(first?.newestAt)
  await schedule?.close()
  expect(runs()).toHaveLength(1)
  // The clock was an hour ahead when the newest was made.
  await open()
  await expect.poll(runs).toHaveLength(2)
})

test('a restart neither delays what is due nor repeats what is not', async () => {
  await fakeBackup(folder, hoursAgo(23))
  await open()
  await expect.poll(async () => (await state())?.newestAt).toEqual(expect.any(String))
  await schedule?.close()
  expect(runs()).toEqual([])
  await open({}, { BACKUP_EVERY_HOURS: '22', BACKUP_KEEP: '3' })
  await expect.poll(runs).toEqual(['backup 3'])
})

test('a failure is one line, known to doctor, and tried again later until it succeeds', async () => {
  behave('fails')
  await open({ firstRetryMs: 400 })
  await expect.poll(() => said).toHaveLength(2)
  const failed = 'the backup failed and is tried again in 1 min: The disk is full.'
  expect(said).toEqual([failed, failed])
  expect(runs()).toHaveLength(2)
  expect(await state()).toMatchObject({ lastFailure: 'The disk is full.', newestAt: null })
  const config = configOf({ BACKUP_EVERY_HOURS: '24' })
  expect(await checkBackups(config)).toMatchObject([
    { level: 'fail', message: 'the last scheduled one failed: The disk is full.' },
  ])
  behave('works')
  await expect.poll(async () => (await state())?.newestAt, { timeout: 10_000 }).toEqual(expect.any(String))
  expect(await state()).toMatchObject({ lastFailure: null })
  expect(await checkBackups(config)).toMatchObject([{ level: 'ok' }])
})

test('a folder that cannot be used is a failure too', async () => {
  fs.writeFileSync(folder, 'no folder')
  await open({ firstRetryMs: hourMs })
  await expect.poll(() => said).toEqual([expect.stringContaining('in 60 min: ENOTDIR')])
  expect(runs()).toEqual([])
})

test('it waits while another backup is written', async () => {
  const other = await openBackupFolder(folder)
  await open({ lookEveryMs: 20 })
  for (let look = 0; look < 3; look += 1) {
    await removeBackupState(directory)
    await expect.poll(state).toBeDefined()
  }
  await schedule?.close()
  expect(runs()).toEqual([])
  other.close()
  await open()
  await expect.poll(runs).toEqual(['backup 7'])
  expect(said.filter((line) => line.includes('failed'))).toEqual([])
})

test('a stop interrupts the backup that runs, and one that does not end is killed', async () => {
  behave('hangs')
  await open()
  await expect.poll(runs).toHaveLength(2)
  await schedule?.close()
  expect(runs().at(-1)).toBe('tidied up')
  behave('is deaf')
  await open({ stopMs: 50 })
  await expect.poll(runs).toHaveLength(5)
  await schedule?.close()
  expect(() => process.kill(Number(runs().at(-1)), 0)).toThrow('ESRCH')
  expect(said).toEqual([])
})

test('without BACKUP_EVERY_HOURS nothing is scheduled, and doctor says so', async () => {
  await open()
  await expect.poll(state).toBeDefined()
  await schedule?.close()
  await open({}, {})
  expect(schedule).toBeUndefined()
  expect(await state()).toBeUndefined()
  fs.rmSync(folder, { recursive: true, force: true })
  expect(await checkBackups(configOf({}))).toMatchObject([
    { level: 'warn', fix: expect.stringContaining('BACKUP_EVERY_HOURS') },
  ])
  await fakeBackup(folder, hoursAgo(24 * 8))
  expect(await checkBackups(configOf({}))).toMatchObject([{ level: 'warn' }])
  await fakeBackup(folder, hoursAgo(24))
  expect(await checkBackups(configOf({}))).toMatchObject([{ level: 'ok' }])
})

test('for a database of your own the variable is a warning that says what to use', () => {
  const env = { BACKUP_EVERY_HOURS: '24', DATABASE_URL: 'postgres://a@b/c' }
  expect(loadConfig(env, directory).warnings).toEqual([expect.stringContaining('pgBackRest')])
  expect(loadConfig({ BACKUP_EVERY_HOURS: '24' }, directory).warnings).toEqual([])
})
