import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import { type FfmpegProcess, lastLine, startFfmpeg, tailOf } from '../ffmpeg.ts'
import { flvFileHeader } from '../flv/flv-file.ts'
import type { PreviewMedia } from './media-watch.ts'
import { playlistName, thumbnailName } from './preview-folder.ts'

/** Behind everything else that this machine does for a stream. */
const niceness = 10
/** ffmpeg reads faster than any feed comes, so one that takes nothing for so long hangs. */
const longestWriteMs = 10_000

/** One ffmpeg that writes a preview of what it is fed. */
export class PreviewProcess {
  readonly #child: FfmpegProcess
  readonly #tail: () => string
  readonly #ended: Promise<void>
  #hasEnded = false
  #fault: string | undefined

  constructor(ffmpegPath: string, directory: string, media: PreviewMedia) {
    this.#child = startFfmpeg(ffmpegPath, previewArguments(directory, media))
    this.#tail = tailOf(this.#child.stderr)
    this.#child.stdin.on('error', () => undefined)
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#hasEnded = true
        resolve()
      }
      this.#child.once('close', end).once('error', (error) => {
        this.#fault = error.message
        end()
      })
    })
    giveWay(this.#child.pid)
    this.#child.stdin.write(flvFileHeader())
  }

  /** Waits until ffmpeg has room for more. False when it has ended, or was ended because it hung. */
  async write(bytes: Buffer): Promise<boolean> {
    if (this.#hasEnded) return false
    if (this.#child.stdin.write(bytes)) return true
    const hangs = setTimeout(() => {
      this.#fault = 'ffmpeg stood still'
      this.#child.kill('SIGKILL')
    }, longestWriteMs)
    const waiting = new AbortController()
    // A pipe that breaks means that it ends.
    const drained = once(this.#child.stdin, 'drain', { signal: waiting.signal }).catch(() => this.#ended)
    await Promise.race([drained, this.#ended])
    clearTimeout(hangs)
    waiting.abort()
    return !this.#hasEnded
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get ended(): Promise<void> {
    return this.#ended
  }

  /** Why it ended by itself. */
  get fault(): string {
    return this.#fault ?? (lastLine(this.#tail()) || 'ffmpeg ended')
  }

  async close(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL')
    await this.#ended
  }
}

const giveWay = (pid: number | undefined) => {
  try {
    if (pid !== undefined) os.setPriority(pid, niceness)
  } catch {
    // It has ended already, or the system does not let us: it only costs politeness.
  }
}

/**
 * HLS without decoding anything, and a picture every five seconds of which only key frames are decoded. Segments are numbered
 * from the time in seconds, so that after a restart the numbers of the playlist still grow.
 */
const previewArguments = (directory: string, { hasVideo, isHevc }: PreviewMedia): string[] => {
  const file = (name: string) => path.join(directory, name)
  return [
    ...['-threads', '1', '-skip_frame', 'nokey', '-analyzeduration', '2M', '-probesize', '4M'],
    ...['-f', 'flv', '-i', 'pipe:0'],
    ...(hasVideo ? ['-map', '0:v:0'] : []),
    ...['-map', hasVideo ? '0:a:0?' : '0:a:0', '-c', 'copy'],
    ...(isHevc ? ['-tag:v', 'hvc1'] : []),
    ...['-f', 'hls', '-hls_time', '2', '-hls_list_size', '6', '-hls_delete_threshold', '3'],
    ...['-hls_flags', 'delete_segments+omit_endlist+temp_file', '-hls_segment_type', 'fmp4'],
    ...['-hls_start_number_source', 'epoch', '-hls_fmp4_init_filename', `init-${Date.now()}.mp4`],
    ...['-hls_segment_filename', file('segment-%d.m4s'), file(playlistName)],
    ...(hasVideo ? thumbnailArguments(file(thumbnailName)) : []),
  ]
}

const thumbnailArguments = (file: string): string[] => [
  ...['-map', '0:v:0', '-vf', 'fps=1/5,scale=640:-2', '-pix_fmt', 'yuvj420p', '-q:v', '5', '-threads', '1'],
  ...['-f', 'image2', '-update', '1', '-atomic_writing', '1', '-y', file],
]
