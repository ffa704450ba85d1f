import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RtmpMessage } from '../../src/modules/live/rtmp/message.ts'

const run = promisify(execFile)

/** What ffmpeg writes to its standard output. */
export const runFfmpeg = async (args: string[]): Promise<Buffer> => {
  const options = { encoding: 'buffer', timeout: 30_000, maxBuffer: 256 * 1024 * 1024 } as const
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-nostdin', ...args, 'pipe:1'], options)
  return stdout
}

/** What `ffprobe -show_entries` answers in JSON about a file or address. */
export const probe = async (source: string, entries: string): Promise<Record<string, unknown>> => {
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', source]
  const { stdout } = await run('ffprobe', args, { timeout: 30_000 })
  return JSON.parse(stdout)
}

/** The tags of an FLV file as messages of stream 1. */
export const readFlvTags = (file: Buffer): RtmpMessage[] => {
  const tags: RtmpMessage[] = []
  for (let at = file.readUInt32BE(5) + 4; at < file.length; ) {
    const end = at + 11 + file.readUIntBE(at + 1, 3)
    const timestamp = file.readUIntBE(at + 4, 3) + file.readUInt8(at + 7) * 0x1000000
    tags.push({ type: file.readUInt8(at), streamId: 1, timestamp, payload: file.subarray(at + 11, end) })
    at = end + 4
  }
  return tags
}
