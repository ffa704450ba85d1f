import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { describeMedia } from '../../src/modules/live/flv/media-message.ts'
import { readFlv } from '../../src/modules/live/recording/read-flv.ts'
import type { Feed } from '../../src/modules/live/relay/feed.ts'
import type { RtmpMessage } from '../../src/modules/live/rtmp/message.ts'

const run = promisify(execFile)
const programTimeoutMs = 30_000

const picture = (seconds: number) => [
  ...['-f', 'lavfi', '-i', `testsrc=size=320x180:rate=30:duration=${seconds}`],
]
const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-bf', '2', '-pix_fmt', 'yuv420p']
const aac = ['-c:a', 'aac', '-b:a', '64k']

/** A test picture with a key frame a second, a tone, or both, as an FLV file that was made by ffmpeg. */
export const makeFlv = async (
  directory: string,
  { seconds, video = true, audio = true }: { seconds: number; video?: boolean; audio?: boolean },
): Promise<string> => {
  const file = path.join(directory, `made-${seconds}-${video}-${audio}.flv`)
  const inputs = [...(video ? picture(seconds) : []), ...(audio ? tone(seconds) : [])]
  const codecs = [...(video ? h264 : []), ...(audio ? aac : [])]
  const args = ['-nostdin', '-loglevel', 'error', ...inputs, ...codecs, '-y', file]
  await run('ffmpeg', args, { timeout: programTimeoutMs })
  return file
}

export const messagesOf = async (file: string): Promise<RtmpMessage[]> => {
  const messages: RtmpMessage[] = []
  for await (const some of readFlv(file)) messages.push(...some)
  return messages
}

/** Appends all of it as fast as readers can follow, later by `shiftMs`. */
export const appendAll = async (feed: Feed, messages: RtmpMessage[], shiftMs = 0): Promise<void> => {
  for (const message of messages) {
    const media = describeMedia(message)
    if (media === undefined) continue
    feed.append({ ...message, timestamp: (message.timestamp + shiftMs) >>> 0 }, media)
    await new Promise(setImmediate)
  }
}

/** Appends it again and again at its own pace, until the signal. */
export const appendLive = async (
  feed: Feed,
  messages: RtmpMessage[],
  lengthMs: number,
  signal: AbortSignal,
): Promise<void> => {
  const startedAt = performance.now()
  for (let round = 0; !signal.aborted; round += 1) {
    for (const message of messages) {
      const dueMs = message.timestamp + round * lengthMs
      while (!signal.aborted && performance.now() - startedAt < dueMs) {
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      if (signal.aborted) return
      const media = describeMedia(message)
      if (media !== undefined) feed.append({ ...message, timestamp: dueMs }, media)
    }
  }
}

/** What ffprobe finds in a file or at a URL, having read all of it. */
export const probe = async (source: string, options: string[] = []) => {
  const shown = 'stream=codec_name,codec_type,width,height,nb_read_packets:format=duration,format_name'
  const args = ['-v', 'error', ...options, '-count_packets', '-show_entries', shown, '-of', 'json', source]
  const { stdout } = await run('ffprobe', args, { timeout: programTimeoutMs })
  const found: {
    streams: { codec_name: string; codec_type: string; width?: number; nb_read_packets: string }[]
    format: { duration?: string; format_name: string }
  } = JSON.parse(stdout)
  const packetsOf = (type: string) =>
    Number(found.streams.find((stream) => stream.codec_type === type)?.nb_read_packets ?? 0)
  return {
    codecs: found.streams.map((stream) => stream.codec_name).sort(),
    videoPackets: packetsOf('video'),
    audioPackets: packetsOf('audio'),
    seconds: Number(found.format.duration),
    format: found.format.format_name,
  }
}

/** What ffmpeg complains about when it decodes all of a file. */
export const decodeFaults = async (file: string): Promise<string> => {
  const { stderr } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', file, '-f', 'null', '-'], {
    timeout: programTimeoutMs,
  })
  return stderr
}
