import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JobSystem, startJobSystem } from '../../../../test/harness/job-system.ts'
import { appendAll, decodeFaults, makeFlv, messagesOf, probe } from '../../../../test/harness/live-media.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import { spawnNode } from '../../../../test/harness/spawned-process.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { runnableJob } from '../../../platform/jobs/define-job.ts'
import { enqueue } from '../../../platform/jobs/enqueue.ts'
import { jobs } from '../../../platform/jobs/jobs.table.ts'
import { openDiskStorage } from '../../../platform/storage/disk-storage.ts'
import { files } from '../../files/files.table.ts'
import { projects } from '../../projects/projects.table.ts'
import { streams } from '../../streams/streams.table.ts'
import { users } from '../../users/users.table.ts'
import { type Ffmpeg, findFfmpeg } from '../ffmpeg.ts'
import { Feed } from '../relay/feed.ts'
import type { RtmpMessage } from '../rtmp/message.ts'
import { Recorder } from './recorder.ts'
import { remuxRecording } from './recordings.jobs.ts'
import {
  hasRecording,
  listParts,
  partName,
  recordingFolder,
  removeLeftoverRecordings,
} from './recordings-folder.ts'

const hasFfmpeg = await provideProgram('ffmpeg', 'ffmpeg')
const startedAt = new Date('2026-11-05T10:20:30Z')
const directory = makeTemporaryDirectory()
let projectId = ''
let ownerId = ''
let system: JobSystem
let close: () => Promise<void>
let source = ''
let messages: RtmpMessage[] = []
/** Tests take it away. */
const deps: { ffmpeg: Ffmpeg | undefined } = { ffmpeg: undefined }

beforeAll(async () => {
  if (!hasFfmpeg) return
  const database = await createTestDatabase()
  const storage = await openDiskStorage({
    directory: path.join(directory, 'files'),
    signingKey: Buffer.alloc(32),
  })
  const db = () => system.db
  const job = {
    get db() {
      return db()
    },
    get files() {
      return { db: db(), storage, quotaBytes: 10 ** 9 }
    },
    get ffmpeg() {
      return deps.ffmpeg
    },
    dataDir: directory,
  }
  system = await startJobSystem(database.url, [runnableJob(remuxRecording, job)])
  close = async () => {
    await system.close()
    await database.drop()
  }
  deps.ffmpeg = await findFfmpeg()
  const [owner] = await system.db.insert(users).values({ email: 'ada@example.com', role: 'user' }).returning()
  ownerId = owner?.id ?? ''
  const project = { ownerId, name: 'Morning/show', streamKeyHash: 'hash', streamKeyHint: 'hint' }
  projectId = (await system.db.insert(projects).values(project).returning())[0]?.id ?? ''
  source = await makeFlv(directory, { seconds: 3 })
  messages = await messagesOf(source)
}, 60_000)
afterAll(async () => {
  await close?.()
  removeTemporaryDirectory(directory)
})

const newStream = async () => {
  const [stream] = await system.db
    .insert(streams)
    .values({ projectId, ownerId, source: 'rtmp', status: 'ended', startedAt, endedAt: startedAt })
    .returning()
  const id = stream?.id ?? ''
  return { id, folder: recordingFolder(directory, id) }
}

/** What the owner reads of a stream's recording. */
const recordingOf = async (streamId: string) => {
  const [row] = await system.db.select().from(streams).where(eq(streams.id, streamId))
  return { status: row?.recordingStatus, fileId: row?.recordingFileId, message: row?.recordingMessage }
}

const record = async (folder: string, part: string, media = messages, shiftMs = 0) => {
  const feed = new Feed()
  const failures: string[] = []
  const onFailed = (message: string) => void failures.push(message)
  const recorder = new Recorder({
    feed,
    directory: folder,
    part,
    maxBytes: 10 ** 8,
    reserveBytes: 0,
    onFailed,
  })
  await expect.poll(() => recorder.bytesWritten).toBeGreaterThan(0)
  await appendAll(feed, media, shiftMs)
  await recorder.close()
  expect(failures).toEqual([])
}

const remux = async (streamId: string) => {
  const { jobId } = await system.db.transaction((tx) =>
    enqueue(tx, remuxRecording, { streamId }, { ownerId }),
  )
  const read = async () => (await system.db.select().from(jobs).where(eq(jobs.id, jobId)))[0]
  await expect.poll(async () => (await read())?.status, { timeout: 20_000 }).toMatch(/completed|failed/)
  const [file] = await system.db.select().from(files).where(eq(files.id, streamId))
  const stored = file === undefined ? '' : path.join(directory, 'files', file.storageKey)
  return { job: await read(), file, stored }
}

test.runIf(hasFfmpeg)('a recording becomes an MP4 file of its owner', async () => {
  const { id, folder } = await newStream()
  await record(folder, partName(1), messages, 20_000_000)
  const { job, file, stored } = await remux(id)
  expect(job).toMatchObject({ status: 'completed', result: { streamId: id, fileId: id } })
  expect(file).toMatchObject({
    ownerId,
    kind: 'recording',
    name: 'Morning-show 2026-11-05 10-20.mp4',
    contentType: 'video/mp4',
    status: 'ready',
  })
  expect(await recordingOf(id)).toEqual({ status: 'ready', fileId: id, message: null })
  const found = await probe(stored)
  expect(found).toMatchObject({ codecs: ['aac', 'h264'], videoPackets: 90 })
  expect(found.seconds).toBeGreaterThan(2.9)
  expect(found.seconds).toBeLessThan(3.2)
  expect(await decodeFaults(stored)).toBe('')
  // What a player needs to begin stands in front of the media.
  const bytes = fs.readFileSync(stored)
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
  expect(fs.readdirSync(folder)).toEqual([`${partName(1)}.flv`])
})

test.runIf(hasFfmpeg)('what a killed process recorded is joined with what the next one did', async () => {
  const { id, folder } = await newStream()
  const script = path.join(import.meta.dirname, '../../../../test/crash/recorder-process.ts')
  const child = spawnNode([script, source, folder], {})
  await child.until(/recorded [1-9]\d{4,} bytes after 2\.[5-9] s/)
  child.child.kill('SIGKILL')
  await child.exit
  const [part] = await listParts(folder)
  const left = await probe(part?.path ?? '')
  expect(left.codecs).toEqual(['aac', 'h264'])
  expect(left.videoPackets).toBeGreaterThan(45)
  await record(folder, partName(), messages)
  const { job, stored } = await remux(id)
  expect(job?.status).toBe('completed')
  const found = await probe(stored)
  expect(found.videoPackets).toBe(left.videoPackets + 90)
  expect(Math.abs(found.seconds - (left.videoPackets + 90) / 30 - 0.2)).toBeLessThan(0.25)
  expect(await decodeFaults(stored)).toBe('')
})

test.runIf(hasFfmpeg)('sound alone, and pictures alone', { timeout: 30_000 }, async () => {
  for (const [media, codecs] of [
    [{ video: false }, ['aac']],
    [{ audio: false }, ['h264']],
  ] as const) {
    const { id, folder } = await newStream()
    await record(folder, partName(1), await messagesOf(await makeFlv(directory, { seconds: 2, ...media })))
    const { file, stored } = await remux(id)
    expect(file?.contentType).toBe('video/mp4')
    const found = await probe(stored)
    expect(found.codecs).toEqual(codecs)
    expect(Math.abs(found.seconds - 2)).toBeLessThan(0.2)
  }
})

test.runIf(hasFfmpeg)(
  'without ffmpeg, or with media that it cannot put in MP4, it stays FLV and says so',
  async () => {
    const { id, folder } = await newStream()
    await record(folder, partName(1))
    const ffmpeg = deps.ffmpeg
    deps.ffmpeg = undefined
    const { file, stored } = await remux(id)
    deps.ffmpeg = ffmpeg
    expect(file).toMatchObject({ contentType: 'video/x-flv', name: 'Morning-show 2026-11-05 10-20.flv' })
    expect(await recordingOf(id)).toMatchObject({
      status: 'ready',
      message: expect.stringMatching(/no ffmpeg/),
    })
    expect((await probe(stored)).videoPackets).toBe(90)

    const strange = await newStream()
    const asHandwriting = messages.map((message) => {
      if (message.type !== 9) return message
      const payload = Buffer.from(message.payload)
      payload.writeUInt8((payload.readUInt8(0) & 0xf0) | 15, 0)
      return { ...message, payload }
    })
    await record(strange.folder, partName(1), asHandwriting)
    const kept = await remux(strange.id)
    expect(kept.file?.contentType).toBe('video/x-flv')
    expect(await recordingOf(strange.id)).toMatchObject({ message: expect.stringMatching(/cannot put/) })
  },
)

test.runIf(hasFfmpeg)('a stream without a recording fails and says why', async () => {
  const { id } = await newStream()
  const { job, file } = await remux(id)
  expect(job).toMatchObject({ status: 'failed', errorCode: 'RECORDING_EMPTY' })
  expect(await recordingOf(id)).toMatchObject({ status: 'failed' })
  expect(file).toBeUndefined()
})

test('parts that nobody needs are removed, and nothing else', async () => {
  const dataDir = path.join(directory, 'housekeeping')
  const [needed, done, fresh] = [randomUUID(), randomUUID(), randomUUID()]
  const old = new Date(Date.now() - 2 * 60 * 60_000)
  for (const id of [needed, done, fresh]) {
    const folder = recordingFolder(dataDir, id)
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(path.join(folder, `${partName()}.flv`), 'x')
    if (id === fresh) continue
    for (const file of [path.join(folder, fs.readdirSync(folder)[0] ?? ''), folder])
      fs.utimesSync(file, old, old)
  }
  const findNeeded = async (ids: string[]) => ids.filter((id) => id === needed)
  expect(await removeLeftoverRecordings({ dataDir, findNeeded })).toBe(1)
  expect(await Promise.all([needed, done, fresh].map((id) => hasRecording(dataDir, id)))).toEqual([
    true,
    false,
    true,
  ])
  expect(() => recordingFolder(dataDir, '../../etc')).toThrow('Not the id')
})
