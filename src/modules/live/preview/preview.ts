import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { restartDelays } from '../../../platform/process/restart-delay.ts'
import { feedBatches } from '../feed-batches.ts'
import { flvTag } from '../flv/flv-file.ts'
import type { Feed } from '../relay/feed.ts'
import type { FeedEntry } from '../relay/feed-entry.ts'
import { watchMedia } from './media-watch.ts'
import { failureName, playlistName } from './preview-folder.ts'
import { PreviewProcess } from './preview-process.ts'

export type PreviewOptions = {
  feed: Feed
  /** Of `previewFolder`. Emptied at first, and removed at the end. */
  directory: string
  ffmpegPath: string
  log: FastifyBaseLogger
  /** `message` says why it failed, for the owner. After `failed` nothing more comes. */
  onState: (state: 'starting' | 'running' | 'failed', message?: string) => void
}

const mostFailures = 5
const steadyAfterMs = 10_000
/** A late ffmpeg leaves out what is older. */
const keepsUpMs = 4_000
const playlistPollMs = 250

/**
 * Keeps an HLS preview of a feed, and a picture of it, in a directory. A slow, hanging or dying ffmpeg is started again, and
 * given up on after five failures in a row; none of that reaches the feed.
 */
export class Preview {
  readonly #options: PreviewOptions
  readonly #ending = new AbortController()
  readonly #done: Promise<void>

  constructor(options: PreviewOptions) {
    this.#options = options
    this.#done = this.#run().catch((error: unknown) => {
      options.log.warn({ err: error }, 'preview')
      options.onState('failed', 'The preview stopped: its files could not be written.')
    })
  }

  /** Ends ffmpeg and removes the files. */
  async close(): Promise<void> {
    this.#ending.abort()
    await this.#done
    await rm(this.#options.directory, { recursive: true, force: true })
  }

  async #run() {
    const { directory, onState, log } = this.#options
    const { signal } = this.#ending
    const delays = restartDelays()
    let failures = 0
    while (!signal.aborted) {
      onState('starting')
      await rm(directory, { recursive: true, force: true })
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const startedAt = performance.now()
      const fault = await this.#makeOnce()
      if (signal.aborted) return
      const upMs = performance.now() - startedAt
      if (fault !== undefined) {
        failures = upMs >= steadyAfterMs ? 1 : failures + 1
        log.warn({ fault, failures }, 'the preview of a stream failed')
        if (failures >= mostFailures) return this.#giveUp(`ffmpeg could not make a preview: ${fault}`)
      }
      await setTimeout(delays.nextMs(upMs), undefined, { signal }).catch(() => undefined)
    }
  }

  async #giveUp(message: string) {
    const { directory, onState } = this.#options
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFile(path.join(directory, failureName), message)
    onState('failed', message)
  }

  /** Feeds one ffmpeg until it ends. Gives what was wrong; undefined when it has to start anew because the media changed. */
  async #makeOnce(): Promise<string | undefined> {
    const { feed, directory, ffmpegPath } = this.#options
    const ending = new AbortController()
    const signal = AbortSignal.any([this.#ending.signal, ending.signal])
    const media = watchMedia()
    const early: FeedEntry[] = []
    let child: PreviewProcess | undefined
    try {
      for await (const batch of feedBatches(feed, { keepsUpMs, signal })) {
        if (signal.aborted) break
        const change = media.follow(batch)
        if (child !== undefined && change === 'changed') return undefined
        if (change === 'endless') return 'no key frame for too long'
        early.push(...batch)
        const known = media.known()
        if (known === undefined) continue
        child ??= this.#start(new PreviewProcess(ffmpegPath, directory, known), ending)
        const bytes = Buffer.concat(early.splice(0).map(({ message }) => flvTag(message)))
        if (!(await child.write(bytes))) break
      }
      return child?.fault
    } finally {
      ending.abort()
      await child?.close()
    }
  }

  #start(child: PreviewProcess, ending: AbortController): PreviewProcess {
    void child.ended.then(() => ending.abort())
    void this.#announce(child)
    return child
  }

  async #announce(child: PreviewProcess) {
    const playlist = path.join(this.#options.directory, playlistName)
    while (!child.hasEnded) {
      const isThere = await access(playlist).then(
        () => true,
        () => false,
      )
      if (isThere && !this.#ending.signal.aborted) return this.#options.onState('running')
      await setTimeout(playlistPollMs, undefined, { ref: false })
    }
  }
}
