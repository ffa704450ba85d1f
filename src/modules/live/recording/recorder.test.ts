import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendAll, decodeFaults, makeFlv, messagesOf, probe } from '../../../../test/harness/live-media.ts'
import { provideProgram } from '../../../../test/harness/provide-program.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { Feed } from '../relay/feed.ts'
import type { RtmpMessage } from '../rtmp/message.ts'
import { Recorder, type RecorderOptions } from './recorder.ts'

const hasFfmpeg = await provideProgram('ffmpeg', 'ffmpeg')
const mayMount = process.getuid?.() === 0
if (!mayMount) console.error('NOT TESTED: a full disk. Only root can mount a small one.')

const directory = makeTemporaryDirectory()
let messages: RtmpMessage[] = []

beforeAll(async () => {
  if (hasFfmpeg) messages = await messagesOf(await makeFlv(directory, { seconds: 3 }))
}, 60_000)
afterAll(() => removeTemporaryDirectory(directory))

const startRecorder = async (folder: string, options: Partial<RecorderOptions> = {}) => {
  const feed = new Feed()
  const failures: string[] = []
  const onFailed = (message: string) => void failures.push(message)
  const common = { feed, directory: folder, part: '1', maxBytes: 50_000_000, reserveBytes: 0, onFailed }
  const recorder = new Recorder({ ...common, ...options })
  await expect.poll(() => recorder.bytesWritten + failures.length).toBeGreaterThan(0)
  return { feed, failures, recorder, file: path.join(folder, '1.flv') }
}

test.runIf(hasFfmpeg)('what was fed is in the file, which plays wherever it is cut', async () => {
  const { feed, failures, recorder, file } = await startRecorder(path.join(directory, 'whole'))
  await appendAll(feed, messages)
  await recorder.close()
  expect(failures).toEqual([])
  expect(fs.statSync(file).size).toBe(recorder.bytesWritten)
  const whole = await probe(file)
  expect(whole).toMatchObject({ codecs: ['aac', 'h264'], videoPackets: 90 })
  expect(await decodeFaults(file)).toBe('')
  const cut = path.join(directory, 'cut.flv')
  for (const share of [0.15, 0.41, 0.77, 0.93 + Math.random() / 20]) {
    fs.copyFileSync(file, cut)
    fs.truncateSync(cut, Math.round(recorder.bytesWritten * share))
    const part = await probe(cut)
    expect(part.codecs).toEqual(['aac', 'h264'])
    expect(part.videoPackets).toBeGreaterThan(90 * share * 0.5)
  }
})

test.runIf(hasFfmpeg)('it grows no larger than it may, and says so once', async () => {
  const { feed, failures, recorder, file } = await startRecorder(path.join(directory, 'bounded'), {
    maxBytes: 20_000,
  })
  await appendAll(feed, messages)
  await expect.poll(() => failures).toEqual(['The recording has become as large as it may be.'])
  await recorder.close()
  expect(fs.statSync(file).size).toBeLessThanOrEqual(20_000)
  expect(failures).toHaveLength(1)
})

test.runIf(hasFfmpeg)('it leaves the disk its reserve, and does not write over another part', async () => {
  const { feed, failures } = await startRecorder(path.join(directory, 'reserve'), { reserveBytes: 2 ** 60 })
  await appendAll(feed, messages)
  await expect.poll(() => failures).toEqual([expect.stringMatching(/less than \d+ MiB are free on the disk/)])
  const again = await startRecorder(path.join(directory, 'whole'))
  expect(again.failures).toEqual([expect.stringContaining('EEXIST')])
})

test.runIf(hasFfmpeg && mayMount)('a full disk stops the recording and nothing else', async () => {
  const mount = path.join(directory, 'small')
  fs.mkdirSync(mount)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount])
  try {
    const { feed, failures, recorder, file } = await startRecorder(mount)
    let heard = 0
    const reader = feed.openReader({ keepsUpMs: 60_000, onAvailable: () => undefined })
    for (const message of messages) {
      await appendAll(feed, [message])
      while (reader.next() !== undefined) heard += 1
    }
    await expect.poll(() => failures).toEqual(['The recording stopped: the disk is full.'])
    expect(heard).toBeGreaterThanOrEqual(messages.length - 3)
    await recorder.close()
    expect((await probe(file)).codecs).toEqual(['aac', 'h264'])
  } finally {
    execFileSync('umount', [mount])
  }
})
