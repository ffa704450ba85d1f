import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Backlot, createBacklot } from '../../client/src/backlot.ts'
import { listBackups } from '../../src/app/backup/backup-folder.ts'
import { BackupSchedule } from '../../src/app/backup/backup-schedule.ts'
import { demandIntact } from '../../src/app/backup/restore-backup.ts'
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.ts'
import { mainScript, runBacklot } from '../harness/backlot-command.ts'
import { fakeBackup } from '../harness/fake-backup.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

let directory: string
let env: NodeJS.ProcessEnv
const inside = (...names: string[]) => path.join(directory, ...names)

beforeAll(() => {
  directory = makeTemporaryDirectory()
  env = {
    BACKLOT_DATA_DIR: inside('data'),
    BACKUP_DIR: inside('backups'),
    PORT: '0',
    RTMP_PORT: '0',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_IDENTITY_PER_MINUTE: '1000000',
  }
})
afterAll(() => removeTemporaryDirectory(directory))

type Running = { backlot: SpawnedProcess; url: string }

const startAll = async (): Promise<Running> => {
  const backlot = spawnNode([mainScript, 'all'], env)
  const [, url = ''] = await backlot.until(/Address +(http:\S+)/)
  return { backlot, url }
}
const stop = async ({ backlot }: Running) => {
  backlot.child.kill('SIGTERM')
  expect(await backlot.exit).toEqual({ code: 0, signal: null })
}
const person = { email: 'ada@example.com', password: 'correct horse 42' }

/** Writes posts and pictures until it is told to stop; what was acknowledged, and when. */
const writeOn = (ada: Backlot) => {
  const acknowledged: { things: 'posts' | 'generations'; id: string; at: number }[] = []
  const stopping = new AbortController()
  const writers = Array.from({ length: 2 }, async () => {
    for (let n = 1; !stopping.signal.aborted; n += 1) {
      const post = {
        title: `Post ${n}`,
        body: 'Written while a backup is taken.',
        status: 'published',
      } as const
      acknowledged.push({ things: 'posts', id: (await ada.posts.create(post)).id, at: Date.now() })
      await delay(10)
    }
  })
  const painter = async () => {
    while (!stopping.signal.aborted) {
      const wish = { prompt: 'a red kite', style: 'noir', size: '256x256' } as const
      const { generationId: id } = await ada.generations.create(wish)
      acknowledged.push({ things: 'generations', id, at: Date.now() })
      await delay(500)
    }
  }
  const done = Promise.all([...writers, painter()])
  const end = () => {
    stopping.abort()
    return done
  }
  return { acknowledged, stop: end }
}

let backup: string

test('taken under load, the data directory gone, restored: all that was acknowledged before its end is there', {
  timeout: 90_000,
}, async () => {
  const first = await startAll()
  const [, setup = ''] = await first.backlot.until(/First admin, once +(\S+)/)
  const token = new URL(setup).searchParams.get('token') ?? ''
  const ada = createBacklot({ url: first.url })
  await ada.adoptSession(await ada.auth.setup({ ...person, token }))
  const writing = writeOn(ada)
  await expect.poll(() => writing.acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(50)
  const taken = await runBacklot(['backup'], env)
  await writing.stop()
  expect(taken).toMatchObject({ code: 0, output: expect.stringContaining('backlot: proved: ') })

  const [found] = await listBackups(inside('backups'))
  backup = found?.directory ?? ''
  const entry = { actorKind: 'operator', targetType: 'backup', targetId: path.basename(backup) }
  const log = await ada.audit.list({ targetType: 'backup' })
  expect(log.data).toMatchObject([{ ...entry, action: 'backups:create', details: { proved: true } }])
  expect(found?.manifest?.verified?.rows).toBeGreaterThan(50)
  const refused = await runBacklot(['restore', backup, '--force'], env)
  expect(refused.code).toBe(78)
  expect(refused.output).toMatch(/^backlot: Another Backlot \(process \d+\) uses the data directory/)

  await stop(first)
  fs.rmSync(inside('data'), { recursive: true })
  const restored = await runBacklot(['restore', backup], env)
  expect(restored).toMatchObject({ code: 0, output: expect.stringContaining('backlot: restored ') })
  const second = await startAll()
  const again = createBacklot({ url: second.url })
  await again.signIn(person)
  const until = Date.parse(found?.manifest?.until ?? '')
  const expected = writing.acknowledged.filter(({ at }) => at < until)
  expect(expected.length).toBeGreaterThan(50)
  expect(expected.length).toBeLessThan(writing.acknowledged.length)
  const lost: string[] = []
  const look = ({ things, id }: (typeof expected)[number]) =>
    again[things].get(id).catch((error: unknown) => lost.push(`${things} ${id}: ${error}`))
  for (let at = 0; at < expected.length; at += 20) await Promise.all(expected.slice(at, at + 20).map(look))
  expect(lost).toEqual([])
  expect((await again.files.list()).data.length).toBeGreaterThan(0)
  expect((await again.audit.list({ targetType: 'backup' })).data).toMatchObject([
    { ...entry, action: 'backups:restore', details: { until: found?.manifest?.until } },
  ])
  expect(fs.existsSync(inside('data', 'restored.json'))).toBe(false)
  await stop(second)
})

test('a restore leaves alone what is there, or moves it aside', { timeout: 30_000 }, async () => {
  const marker = inside('data', 'mailbox', 'kept')
  fs.mkdirSync(path.dirname(marker), { recursive: true })
  fs.writeFileSync(marker, '')
  const refused = await runBacklot(['restore', backup], env)
  expect(refused).toMatchObject({ code: 78, output: expect.stringContaining('is not empty') })
  expect(fs.existsSync(marker)).toBe(true)
  const forced = await runBacklot(['restore', backup, '--force'], env)
  const [, aside = ''] = /what was there is now (\S+);/.exec(forced.output) ?? []
  expect(fs.existsSync(path.join(aside, 'mailbox', 'kept'))).toBe(true)
  expect(fs.existsSync(marker)).toBe(false)
})

test('a flipped byte is found wherever it is, and its file is named', { timeout: 30_000 }, async () => {
  const { signal } = new AbortController()
  const objects = fs.globSync('data/files/**/*', { cwd: backup, withFileTypes: true })
  const object = objects.find((entry) => entry.isFile())
  const files = [
    'postgres/global/pg_control',
    'postgres/PG_VERSION',
    'data/secrets/secret-key',
    path.relative(backup, path.join(object?.parentPath ?? '', object?.name ?? '')),
  ]
  await demandIntact(backup, signal)
  const flips = files.map((file) => flipper(path.join(backup, file)))
  for (const flip of flips) flip()
  const found = await demandIntact(backup, signal).catch(String)
  for (const file of files) expect(found).toContain(`${file} was changed`)
  for (const command of [
    ['restore', backup, '--into', inside('other')],
    ['backup', 'verify', backup],
  ]) {
    const { code, output } = await runBacklot(command, env)
    expect({ code, output }).toEqual({ code: 78, output: expect.stringContaining(`${files[0]} was changed`) })
  }
  expect(fs.existsSync(inside('other'))).toBe(false)
  for (const flip of flips) flip()
  for (const file of ['SHA256SUMS', 'manifest.json']) {
    const flip = flipper(path.join(backup, file))
    flip()
    await expect(demandIntact(backup, signal)).rejects.toThrow(`${file} was changed`)
    flip()
  }
  fs.rmSync(path.join(backup, 'data/secrets/secret-key'))
  await expect(demandIntact(backup, signal)).rejects.toThrow('data/secrets/secret-key is missing')
})

test('a backup that is killed or interrupted leaves none, and the next puts things in order', {
  timeout: 60_000,
}, async () => {
  const folder = inside('killed')
  const postgres = await startEmbeddedPostgres({ dataDir: inside('data'), log: () => undefined })
  const names = () => fs.readdirSync(folder).filter((name) => !name.startsWith('.backlot-lock'))
  const interrupted = spawnNode([mainScript, 'backup', '--to', folder], env)
  await interrupted.until(/copying the database/)
  interrupted.child.kill('SIGINT')
  expect(await interrupted.exit).toEqual({ code: 130, signal: null })
  expect(names()).toEqual([])
  const killed = spawnNode([mainScript, 'backup', '--to', folder], env)
  await killed.until(/proving it/)
  killed.child.kill('SIGKILL')
  await killed.exit
  expect(await listBackups(folder)).toEqual([])
  expect(names()).not.toEqual([])

  await fakeBackup(folder, '2026-01-01T00:00:00.000Z')
  await fakeBackup(folder, '2026-01-02T00:00:00.000Z')
  vi.stubEnv('BACKLOT_DATA_DIR', inside('data'))
  const said: string[] = []
  const schedule = await BackupSchedule.open({
    config: { dataDir: inside('data'), backup: { directory: folder, everyMs: 86_400_000, keep: 2 } },
    main: mainScript,
    log: (line) => void said.push(line),
    timing: { afterStartMs: 1 },
  })
  await expect.poll(() => said, { timeout: 30_000 }).toEqual([expect.stringMatching(/^backed up to /)])
  await schedule?.close()
  vi.unstubAllEnvs()
  const kept = await listBackups(folder)
  expect(kept.map(({ manifest }) => manifest?.verified)).not.toContain(null)
  expect(names().sort()).toEqual(['backlot-2026-01-02T000000.000Z', path.basename(kept[0]?.directory ?? '')])
  await postgres.stop()
})

/** Changes one bit in the middle of a file, and changes it back when called again. */
const flipper = (file: string) => () => {
  const content = fs.readFileSync(file)
  const at = content.length >> 1
  content[at] = (content[at] ?? 0) ^ 1
  fs.writeFileSync(file, content)
}
