import type { Logger } from 'pino'
import type { LiveProject } from '../../projects/live-project.ts'
import { Preview } from '../preview/preview.ts'
import { previewFolder } from '../preview/preview-folder.ts'
import { Recorder } from '../recording/recorder.ts'
import { listParts, partName, recordingFolder } from '../recording/recordings-folder.ts'
import type { Feed } from '../relay/feed.ts'

export type StreamOutputsOptions = {
  streamId: string
  feed: Feed
  dataDir: string
  /** Without ffmpeg there is no preview, and nothing that would make a file of a recording. */
  ffmpegPath: string | undefined
  /** How large the recording may be. Asked when one begins. */
  recordingRoom: () => Promise<number>
  tell: (change: { status: 'recording' | 'stopped' | 'failed'; message?: string }) => void
  log: Logger
}

const noFfmpeg = 'There is no ffmpeg on the machine of the live process, which recordings need.'

/** What this machine makes of a feed besides relaying it: the recording and the preview. Neither can harm the feed. */
export class StreamOutputs {
  readonly #options: StreamOutputsOptions
  #recorder: Promise<Recorder | undefined> | undefined
  #preview: Preview | undefined
  /** The next preview has the folder of the last one. */
  #previewEnding: Promise<void> = Promise.resolve()
  #wantsPreview = false
  #hasRecording = false
  #isClosed = false

  constructor(options: StreamOutputsOptions) {
    this.#options = options
  }

  /** Whether this process recorded anything. */
  get hasRecording(): boolean {
    return this.#hasRecording
  }

  /** Begins and ends what the project wants, or no longer wants. */
  arrange({ record, preview }: Pick<LiveProject, 'record' | 'preview'>): void {
    if (this.#isClosed) return
    if (record) this.#recorder ??= this.#beginRecording()
    else this.#endRecording()
    if (preview === this.#wantsPreview) return
    this.#wantsPreview = preview
    if (preview) void this.#previewEnding.then(() => this.#beginPreview())
    else this.#endPreview()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const recorder = await this.#recorder
    this.#endPreview()
    await Promise.all([recorder?.close(), this.#previewEnding])
  }

  async #beginRecording(): Promise<Recorder | undefined> {
    const { streamId, feed, dataDir, ffmpegPath, recordingRoom, tell, log } = this.#options
    if (ffmpegPath === undefined) {
      tell({ status: 'failed', message: noFfmpeg })
      return undefined
    }
    try {
      const directory = recordingFolder(dataDir, streamId)
      const recorded = await listParts(directory)
      const maxBytes = (await recordingRoom()) - recorded.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      if (this.#isClosed) return undefined
      const recorder = new Recorder({
        feed,
        directory,
        part: partName(),
        maxBytes,
        onFailed: (message) => tell({ status: 'stopped', message }),
      })
      this.#hasRecording = true
      tell({ status: 'recording' })
      return recorder
    } catch (error) {
      log.warn({ err: error, streamId }, 'recording not begun')
      tell({ status: 'failed', message: 'The recording could not begin.' })
      return undefined
    }
  }

  #endRecording() {
    const recorder = this.#recorder
    if (recorder === undefined) return
    this.#recorder = undefined
    void recorder.then(async (begun) => {
      await begun?.close()
      if (begun !== undefined) this.#options.tell({ status: 'stopped' })
    })
  }

  #beginPreview() {
    const { streamId, feed, dataDir, ffmpegPath, log } = this.#options
    if (ffmpegPath === undefined || this.#isClosed || !this.#wantsPreview) return
    this.#preview ??= new Preview({
      feed,
      directory: previewFolder(dataDir, streamId),
      ffmpegPath,
      log,
      onState: (state, message) => log.debug({ streamId, state, message }, 'preview'),
    })
  }

  #endPreview() {
    const preview = this.#preview
    this.#preview = undefined
    if (preview !== undefined) this.#previewEnding = preview.close()
  }
}
