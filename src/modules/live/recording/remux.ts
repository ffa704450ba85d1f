import { createReadStream } from 'node:fs'
import { readdir, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { insufficientStorage } from '../../../platform/errors.ts'
import { type Ffmpeg, FfmpegFailed, runFfmpeg } from '../ffmpeg.ts'
import { inspectParts, joinParts, type RecordingFacts } from './join-parts.ts'
import { listParts, type RecordedPart } from './recordings-folder.ts'

export type RemuxOptions = {
  /** Undefined: the recording stays FLV. */
  ffmpeg: Ffmpeg | undefined
  /** Where the parts are, and for a while the MP4 file. */
  folder: string
  /** Tells this attempt's scratch file from those of others. */
  attempt: number
  signal: AbortSignal
  /** From 0 to 1. */
  onProgress: (fraction: number) => void
}

export type Remuxed = {
  contentType: 'video/mp4' | 'video/x-flv'
  durationMs: number
  content: () => AsyncIterable<Uint8Array>
  /** Why it is no MP4 file, for the owner. */
  message?: string
}

/** The MP4 file and its copy in the storage. */
const neededCopies = 2
const readBytes = 256 * 1_024
const scratchPrefix = 'remux-'
const startTimeMs = 60_000
/** A disk that does less is broken. */
const slowestBytesPerMs = 1_000

/**
 * Makes one file of the parts of a recording: MP4 that can be played while it is downloaded, with the media as it came, or FLV
 * where that cannot be. Undefined when there are no parts.
 * @throws 507 without room for it, FfmpegFailed when ffmpeg was killed
 */
export const remuxParts = async (options: RemuxOptions): Promise<Remuxed | undefined> => {
  const { ffmpeg, folder, signal } = options
  const parts = await listParts(folder)
  const files = parts.map((part) => part.path)
  const facts = await inspectParts(files, signal)
  if (!facts.hasVideo && !facts.hasAudio) return undefined
  const asFlv = (message: string): Remuxed => ({
    contentType: 'video/x-flv',
    durationMs: facts.durationMs,
    content: () => joinParts(files),
    message,
  })
  if (ffmpeg === undefined) return asFlv('It is an FLV file: there is no ffmpeg on this machine.')
  if (facts.changesCodec) return asFlv('It is an FLV file: the encoder came back with other settings.')
  await refuseFullDisk(folder, parts)
  const scratch = path.join(folder, `${scratchPrefix}${options.attempt}.mp4`)
  if (!(await remux({ ...options, ffmpeg }, parts, facts, scratch))) {
    return asFlv(`It is an FLV file: ffmpeg ${ffmpeg.version} cannot put these codecs into MP4.`)
  }
  return {
    contentType: 'video/mp4',
    durationMs: facts.durationMs,
    content: () => readScratch(scratch),
  }
}

/** Opens the file only when somebody reads. */
async function* readScratch(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { highWaterMark: readBytes })
}

/** Removes what attempts left behind. */
export const removeScratch = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (name.startsWith(scratchPrefix)) await rm(path.join(folder, name), { force: true })
  }
}

/** Whether ffmpeg could. */
const remux = async (
  { ffmpeg, signal, onProgress }: RemuxOptions & { ffmpeg: Ffmpeg },
  parts: RecordedPart[],
  facts: RecordingFacts,
  scratch: string,
): Promise<boolean> => {
  const totalBytes = sizeOf(parts)
  let readSoFar = 0
  const onRead = (bytes: number) => {
    readSoFar += bytes
    onProgress(readSoFar / totalBytes)
  }
  const files = parts.map((part) => part.path)
  try {
    await runFfmpeg({
      path: ffmpeg.path,
      args: mp4Arguments(facts, scratch),
      input: joinParts(files, onRead),
      signal,
      timeLimitMs: Math.round(startTimeMs + totalBytes / slowestBytesPerMs),
    })
    return true
  } catch (error) {
    if (!(error instanceof FfmpegFailed) || error.exitCode === null) throw error
    if (error.stderr.includes('No space left on device')) throw insufficientStorage(error)
    await rm(scratch, { force: true })
    return false
  }
}

/** Tracks are named, because ffmpeg leaves out in silence what it cannot read. */
const mp4Arguments = ({ hasVideo, hasAudio, videoCodec }: RecordingFacts, scratch: string): string[] => [
  ...['-probesize', '32M', '-analyzeduration', '20M', '-f', 'flv', '-i', 'pipe:0'],
  ...(hasVideo ? ['-map', '0:v:0'] : []),
  ...(hasAudio ? ['-map', '0:a:0'] : []),
  ...['-c', 'copy', '-movflags', '+faststart'],
  // Apple's players take HEVC under this name only.
  ...(videoCodec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
  ...['-f', 'mp4', '-y', scratch],
]

const refuseFullDisk = async (folder: string, parts: RecordedPart[]) => {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < sizeOf(parts) * neededCopies) throw insufficientStorage()
}

const sizeOf = (parts: RecordedPart[]) => parts.reduce((sum, part) => sum + part.sizeBytes, 0)
